"""`calltop config init` and `add`: a provider written into the configuration, from flags or from answers."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Mapping
from typing import Any

from providers.registry import KINDS, module_of
from providers.settings import several
from tui.commands.opening import say
from tui.config import judged_provider
from tui.paths import UsageError, config_path
from tui.settings.adding import in_keyring
from tui.settings.mistakes import Mistake, nearest
from tui.settings.words import settings_of
from tui.settings.writing import add_provider, new_text, write_config


def init(args: argparse.Namespace) -> int:
    """Writes a new configuration, or adds to one. Raises `UsageError`."""
    path = config_path(args.config)
    if args.action == "init" and path.exists():
        raise UsageError(f"{path} is there already and was left as it is; add a provider with: calltop config add")
    given = _given(args)
    asks = sys.stdin.isatty() and sys.stderr.isatty() and "kind" not in given
    if asks:
        given = _asked(given)
    if "kind" not in given:
        if args.action == "add" or given:
            raise UsageError(f"--kind is missing; it is one of {', '.join(KINDS)}")
        write_config(path, new_text({}))
        say(f"wrote {path}; write a provider into it, or run: calltop config add --kind KIND")
        return 0
    name = given.pop("name", given["kind"])
    found = judged_provider(name, given)
    if isinstance(found, list):
        raise UsageError("; ".join(f"{'.'.join(mistake.key[2:])}: {mistake.text}".removeprefix(": ") for mistake in found))
    try:
        add_provider(path, name, in_keyring(name, given) if args.keyring else given)
    except ValueError as error:
        raise UsageError(str(error)) from None
    say(f"wrote {name} to {path}; try it with: calltop check --provider {name}")
    return 0


def _given(args: argparse.Namespace) -> dict[str, Any]:
    """The settings that flags give, as the file would hold them."""
    from tui.commands.config import ASKED, SECRETS

    names = ("kind", "name", *ASKED, *(name + end for name in SECRETS for end in ("", "_file")))
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    for pair in args.set:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"--set {pair!r} is no setting; write it like --set poll_minutes=10")
        given[name.strip()] = text
    for name in SECRETS:
        if given.get(name) == "-":
            given[name] = sys.stdin.readline().strip()
    return _typed(given)


def _typed(given: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of flags as numbers, truth values and lists, where the kind's settings are such."""
    if given.get("kind") not in KINDS:
        return dict(given)
    typed = dict(given)
    for name, field in module_of(str(given["kind"])).Settings.model_fields.items():
        if name not in given:
            continue
        try:
            value = several(given[name], field.annotation)
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from None
        typed[name] = _plain(value, field.annotation)
    return typed


def _plain(value: Any, annotation: Any) -> Any:
    from pydantic import TypeAdapter, ValidationError

    if annotation not in (int, float, bool, float | None, int | None):
        return value
    try:
        return TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return value


def _asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a person answers, until they can be used."""
    kind = _answer("kind", f"which telephony API: {', '.join(KINDS)}", given.get("kind", ""))
    while kind not in KINDS:
        say(f"{kind!r} is none of them{nearest(kind, KINDS)}")
        kind = _answer("kind", f"one of {', '.join(KINDS)}", "")
    name = _answer("name", "how you want to call it", given.get("name", kind)) or kind
    values: dict[str, Any] = {"kind": kind, **given}
    questions = module_of(kind).ASKED
    again: tuple[str, ...] = tuple(questions)
    while again:
        for setting in again:
            values |= _answered(kind, setting, str(values.get(setting, "")))
        found = judged_provider(name, {setting: value for setting, value in values.items() if value != ""})
        again = ()
        if isinstance(found, list):
            for mistake in found:
                say(f"{'.'.join(mistake.key[2:])}: {mistake.text}".removeprefix(": "))
            again = _wrong(found, tuple(questions))
    return {"name": name, **{setting: value for setting, value in values.items() if value != ""}}


def _wrong(mistakes: list[Mistake], questions: tuple[str, ...]) -> tuple[str, ...]:
    """The questions to ask again: those of the mistakes, or all when a mistake belongs to none."""
    names = {mistake.key[2] for mistake in mistakes if len(mistake.key) > 2}
    return tuple(name for name in questions if name in names) or questions


def _answered(kind: str, setting: str, before: str) -> dict[str, str]:
    model = module_of(kind).Settings
    [words] = [found for found in settings_of(model) if found.name == setting]
    default = before or str(words.default or "")
    help_text = f"{words.meaning} ({module_of(kind).ASKED[setting]})"
    if words.secret:
        say(help_text)
        return {setting: getpass.getpass(f"{setting}: ") or before}
    answer = _answer(setting, help_text, default)
    return {setting: "" if answer == str(words.default or "") else answer}


def _answer(setting: str, help_text: str, default: str) -> str:
    say(help_text)
    sys.stderr.write(f"{setting}{f' [{default}]' if default else ''}: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise UsageError("the answers ended too early; nothing was written")
    return line.strip() or default
