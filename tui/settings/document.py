"""`docs/configuration.md`, made from the models: `python -m tui.settings.document > docs/configuration.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pydantic import BaseModel

from providers.document import code, escaped
from providers.registry import KINDS, module_of
from providers.settings import ProviderSettings
from tui.config import Config
from tui.settings.layers import Key, variable_of
from tui.settings.words import Setting, settings_of

_HEAD = """\
# Configuration

Made from the code by `python -m tui.settings.document`.

`calltop config init` writes a first file, `config path` says where it is, `config show` prints every setting with its value and
where that comes from, `config validate` finds every mistake with its line, and `config schema` prints a JSON Schema for your
editor.

A flag wins over the environment, the environment over the file, the file over the default. The file is `config.toml` in your
configuration folder (`~/.config/calltop/` on Linux), or the one that `--config` or `CALLTOP_CONFIG` names. A variable of a
table has two underscores between the names; capitals, dashes and spaces are written as underscores:
`CALLTOP_PROVIDERS__HEAD_OFFICE__TOKEN` completes `[providers.head-office]`. Lists are written in a variable with commas, or as
JSON. A variable without text counts as not set.

The interface and `calltop collect` take over a changed file while they run; what needs another start is said, and so is a
mistake in it, with which what ran before goes on.
"""
_SECRETS = """\
## Secrets

A setting marked *secret* (here `token`) can be given in four ways; use one of them:

- in the environment: `CALLTOP_PROVIDERS__NAME__TOKEN`. It wins over the other three.
- in a file of its own: `token_file = "~/.secrets/pbx"`. White space around its content is left out. You alone may be able to
  read it (`chmod 600`).
- in the system's keyring: `token_keyring = "NAME/token"`, the entry of that name under the service `calltop`. calltop puts it
  there, or `keyring set calltop NAME/token` does. This needs `calltop[keyring]`.
- in the configuration: `token = "..."`. When others can read the file, calltop says so; `chmod 600` mends it.

Secrets are masked wherever a setting is shown, and are in no log, error, screenshot or cache.
"""
_KINDS = {
    "soluno": "### `soluno` and `dstny`",
    "telecomx": "### `telecomx`",
    "portsip": "### `portsip`",
    "while1": "### `while1`",
}


def page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD, "## Everywhere\n", *_sections((), Config), _SECRETS, "## Providers\n"]
    parts.append("`[providers.NAME]`, NAME being any name: it is the pane's title and the value of `provider:`.\n")
    parts += ["### Every kind\n", _table(("providers", "NAME"), settings_of(ProviderSettings))]
    for kind, heading in _KINDS.items():
        parts += [f"{heading}\n", _table(("providers", "NAME"), _own(module_of(kind).Settings)), *_asked(kind)]
    return "\n".join(parts)


def _sections(above: Key, model: type[BaseModel]) -> Iterator[str]:
    """The single settings of a table, then each table inside it."""
    settings = settings_of(model)
    inner = [setting for setting in settings if setting.model is not None and setting.model is not ProviderSettings]
    yield _table(above, [setting for setting in settings if setting.model is None])
    for setting in inner:
        assert setting.model is not None
        place = (*above, setting.name, *(["NAME"] if setting.by_name else []))
        yield f"## `[{'.'.join(place)}]`\n\n{setting.meaning}\n"
        yield from _sections(place, setting.model)


def _table(above: Key, settings: list[Setting] | tuple[Setting, ...]) -> str:
    rows = ["| setting | meaning | values | default | variable |", "|---|---|---|---|---|"]
    for setting in settings:
        default = _needed(setting) if setting.required else code(setting.default_text) if setting.default_text else ""
        values = "*secret*" if setting.secret else escaped(setting.values)
        key = (*above, setting.name)
        variable = variable_of((*key, "NAME")) if setting.by_name else variable_of(key)
        rows.append(f"| `{setting.name}` | {escaped(setting.meaning)} | {values} | {default} | `{variable}` |")
    return "\n".join(rows) + "\n"


def _needed(setting: Setting) -> str:
    """Whether every kind needs a setting, or some have a default for it."""
    fields = [module_of(kind).Settings.model_fields.get(setting.name) for kind in KINDS]
    return "by kind" if any(field is not None and not field.is_required() for field in fields) else "needed"


def _own(model: type[BaseModel]) -> list[Setting]:
    """The settings that a kind has of its own, or with another meaning or default."""
    shared = {setting.name: setting for setting in settings_of(ProviderSettings)}
    return [setting for setting in settings_of(model) if setting != shared.get(setting.name) and setting.name != "kind"]


def _asked(kind: str) -> Iterator[str]:
    yield "Where to find them:\n"
    yield "\n".join(f"- `{name}`: {where}" for name, where in module_of(kind).ASKED.items()) + "\n"


if __name__ == "__main__":
    assert {module_of(kind) for kind in KINDS} == {module_of(kind) for kind in _KINDS}
    sys.stdout.write(page())
