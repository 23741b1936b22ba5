"""Adding a provider: its questions from the settings' models, its trial over the network, its place in the configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from calls.text import clean
from providers.checking import check_provider
from providers.registry import KINDS, make_provider, module_of
from providers.secrets import keyring_trouble, secret_names, store_in_keyring
from providers.settings import ProviderSettings
from tui.config import judged_provider
from tui.forms import FormField
from tui.paths import UsageError
from tui.setting_up import Answers, Trial
from tui.settings.layers import Layers
from tui.settings.words import Setting, settings_of
from tui.settings.writing import add_provider, shown_path

LONGEST_NAME = 40
_BESIDE = ("kind", "name")


def in_keyring(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with each secret put into the keyring, and its entry in its place. Raises ValueError."""
    kept: dict[str, Any] = {}
    secrets = secret_names(module_of(values["kind"]).Settings)
    for setting, value in values.items():
        if setting in secrets:
            entry = f"{name}/{setting}"
            store_in_keyring(entry, str(value))
            kept[f"{setting}_keyring"] = entry
        else:
            kept[setting] = value
    return kept


class ProviderSetup:
    """A provider in the making. `read` gives the configuration as it is, `now` the time in epoch seconds."""

    def __init__(self, read: Callable[[], Layers], now: Callable[[], float]) -> None:
        self._read = read
        self._now = now

    def fields(self, answers: Answers) -> tuple[FormField, ...]:
        """Kind and name, then what its kind needs to know."""
        kind = answers.get("kind", KINDS[0])
        known = {setting.name: setting for setting in settings_of(module_of(kind).Settings)}
        asked = [_field(known[name], where, answers) for name, where in module_of(kind).ASKED.items()]
        return (
            FormField("kind", "telephony API", "Which one it is: left and right, or its first letter", kind, choices=KINDS),
            FormField(
                "name", "name", "The title of its pane, and what provider: means. Left out: its kind", answers.get("name", "")
            ),
            *asked,
        )

    def mistakes(self, answers: Answers) -> Mapping[str, str]:
        """What is wrong with the answers."""
        name, values = _settings_in(answers)
        if clean(name) != name or len(name) > LONGEST_NAME:
            return {"name": f"use at most {LONGEST_NAME} plain characters"}
        tables = self._read().tree.get("providers", {})
        if isinstance(tables, Mapping) and name in tables:
            return {"name": f"there is a provider called {name} already"}
        found = judged_provider(name, values)
        if isinstance(found, ProviderSettings):
            return {}
        asked = {*_BESIDE, *module_of(values["kind"]).ASKED}
        wrong: dict[str, str] = {}
        for mistake in found:
            setting = mistake.key[2] if len(mistake.key) > 2 else ""
            shown = setting if setting in asked else ""
            wrong.setdefault(shown, mistake.text if shown or not setting else f"{setting}: {mistake.text}")
        return wrong

    def try_out(self, answers: Answers) -> Trial:
        """Asks the provider once, and learns its zone where it tells one."""
        name, values = _settings_in(answers)
        settings = judged_provider(name, values)
        if not isinstance(settings, ProviderSettings):
            return Trial(tuple(("failure", mistake.sentence) for mistake in settings), True, answers)
        check = asyncio.run(check_provider(make_provider(name, settings, now=self._now), settings))
        learnt = {}
        told_zone = (check.facts or {}).get("timezone", "")
        if told_zone and not answers.get("timezone") and self._usable({**answers, "timezone": told_zone}):
            learnt["timezone"] = told_zone
        zone_line = (("then", f"saved with the provider's own timezone, {told_zone}"),) if learnt else ()
        return Trial((*check.lines(), *zone_line), check.failure is not None, {**answers, **learnt})

    def _usable(self, answers: Answers) -> bool:
        return isinstance(judged_provider(*_settings_in(answers)), ProviderSettings)

    def place(self) -> str:
        """Where the settings go."""
        path = shown_path(self._read().path)
        secrets = "in the same file, which you alone can read" if keyring_trouble() else "into the system's keyring"
        return f"The settings go into {path}, the secrets {secrets}."

    def save(self, answers: Answers) -> str:
        """Writes the provider into the configuration, its secrets into the keyring where there is one."""
        name, values = _settings_in(answers)
        try:
            kept = values if keyring_trouble() else in_keyring(name, values)
            add_provider(self._read().path, name, kept)
        except (UsageError, ValueError) as error:
            return str(error)
        return ""


def _field(setting: Setting, where: str, answers: Answers) -> FormField:
    default = f" Default: {setting.default}." if setting.default and not setting.secret else ""
    return FormField(
        setting.name,
        setting.name.removesuffix("_sha256").replace("_", " "),
        f"{setting.meaning.rstrip('.')}.{default} Where: {where}",
        answers.get(setting.name, ""),
        required=setting.required,
        secret=setting.secret,
    )


def _settings_in(answers: Answers) -> tuple[str, dict[str, Any]]:
    """The name, and the table as the configuration would hold it: what was left out is left out."""
    kind = answers["kind"]
    values = {"kind": kind, **{name: answers.get(name, "").strip() for name in module_of(kind).ASKED}}
    return answers.get("name", "").strip() or kind, {name: value for name, value in values.items() if value}
