"""`calltop config`: where the configuration is, what it says, whether it is right, and a first one."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from tui.commands.opening import say
from tui.commands.tables import write_table
from tui.lines.words import counted
from tui.paths import UsageError, config_path
from tui.settings.reading import layers_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.settings.layers import Layers
    from tui.settings.mistakes import Mistake

OK, WRONG = 0, 2
ASKED = ("base_url", "timezone", "username", "domain", "token_url", "customer", "tls_fingerprint_sha256")
SECRETS = ("token", "password", "api_key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the actions and their options."""
    from tui.command_line import add_shared_options

    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=text, description=text)
        add_shared_options(made)
        return made

    action("path", "print where the configuration file is")
    show = action("show", "print every setting, its value and where that comes from; secrets are masked")
    validate = action("validate", "find every mistake in the configuration")
    for listed in (show, validate):
        listed.add_argument("--format", choices=("table", "json"), default="table", help="json is one object per line")
    _add_provider(action("init", "write a first configuration, with comments; an existing one is left as it is"))
    _add_provider(action("add", "add a provider to the configuration, whose comments are kept"))
    action("schema", "print a JSON Schema of the configuration file")


def _add_provider(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", help="soluno, dstny, telecomx, portsip or while1")
    parser.add_argument("--name", help="the provider's name, which is its pane's title (default: its kind)")
    for name in ASKED:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="TEXT", help=f"the setting {name}")
    for name in SECRETS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="SECRET", help=f"the secret {name}; - reads it from stdin")
        parser.add_argument(f"--{name.replace('_', '-')}-file", metavar="FILE", help=f"a file of mode 0600 that holds {name}")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any other setting; may be repeated")
    parser.add_argument("--keyring", action="store_true", help="put secrets into the system's keyring, not into the file")


def run(args: argparse.Namespace) -> int:
    """Does the action. 2 when the configuration has mistakes."""
    match args.action:
        case "path":
            print(config_path(args.config))
            return OK
        case "show":
            return _show(args)
        case "validate":
            return _validate(args)
        case "schema":
            from tui.settings.schema import config_schema

            print(json.dumps(config_schema(), indent=2, ensure_ascii=False))
            return OK
        case _:
            from tui.commands.config_init import init

            return init(args)


def _show(args: argparse.Namespace) -> int:
    from tui.config import judged, unknown_variables
    from tui.settings.showing import Showing

    layers = layers_of(args)
    config, mistakes = judged(layers)
    rows = list(Showing(layers, _text_of(layers.path), config).rows())
    if args.format == "json":
        for row in rows:
            print(json.dumps(row.json(), ensure_ascii=False))
    else:
        from tui.settings.mistakes import dotted

        table = [(dotted(row.key), row.value_text, row.where) for row in rows]
        write_table(sys.stdout, ("setting", "value", "from"), table, frozenset())
    _say_notes(layers, unknown_variables(layers))
    if mistakes:
        say(f"{_count(mistakes)} in it: calltop config validate")
    return WRONG if mistakes else OK


def _validate(args: argparse.Namespace) -> int:
    from tui.config import judged, unknown_variables
    from tui.settings.mistakes import placed

    path = config_path(args.config)
    if not path.exists():
        raise UsageError(f"there is no configuration at {path}; write one with: calltop config init")
    layers = layers_of(args)
    _, mistakes = judged(layers)
    for found in placed(mistakes, layers):
        print(json.dumps(found.json(), ensure_ascii=False) if args.format == "json" else found.sentence)
    _say_notes(layers, unknown_variables(layers))
    say(f"{path}: {_count(mistakes)}" if mistakes else f"{path} is right")
    return WRONG if mistakes else OK


def _say_notes(layers: Layers, variables: Mapping[str, str]) -> None:
    from tui.settings.privacy import public_secrets

    for variable, sentence in variables.items():
        say(f"{variable} is not read: {sentence}")
    if warning := public_secrets(layers):
        say(warning)


def _count(mistakes: list[Mistake]) -> str:
    return counted(len(mistakes), "mistake")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
