"""A changed configuration: noticed, taken over where that is safe, and never the end of what runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.tui.driving import driven
from tests.tui.fake_feed import FakePoller
from tui.feed import SettingsChange
from tui.paths import read_config
from tui.settings.layers import layered
from tui.settings.watch import FileStamp, SettingsWatch

PROVIDER = '[providers.pbx]\nkind = "while1"\nbase_url = "https://pbx.example"\ntoken = "hunter2"\n'
Change = Callable[[str], SettingsChange]


def write(path: Path, text: str, moment: list[int]) -> None:
    """Writes a file with a time of its own, however quickly one follows the other."""
    path.write_text(text, encoding="utf-8")
    moment[0] += 1_000_000_000
    os.utime(path, ns=(moment[0], moment[0]))


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Saves another text as the configuration; what the watch makes of it."""
    path, moment = tmp_path / "config.toml", [1_795_000_000_000_000_000]
    write(path, PROVIDER, moment)
    watch = SettingsWatch(lambda: layered(path, read_config(path), {}), layered(path, read_config(path), {}))

    def changed(text: str) -> SettingsChange:
        assert not watch.touched()
        write(path, text, moment)
        assert watch.touched()
        return watch.change()

    return changed


def test_what_is_drawn_is_taken_over(change: Change) -> None:
    found = change('theme = "calltop-light"\n[filters]\nlost = "status:missed"\n' + PROVIDER)
    assert (found.theme, found.saved_filters, found.polled) == ("calltop-light", {"lost": "status:missed"}, False)
    assert (found.zone, found.intervals) == (ZoneInfo("Europe/Bucharest"), {"pbx": 300})
    assert found.words == "the configuration has changed, and is in use"
    assert change('theme = "calltop-light"\n' + PROVIDER).saved_filters == {}


def test_another_provider_is_polled(change: Change) -> None:
    found = change(PROVIDER + 'poll_minutes = 10\n[providers.d]\nkind = "dstny"\ntoken = "t"\n')
    assert (found.polled, found.theme, found.intervals) == (True, None, {"pbx": 600, "d": 300})


def test_what_needs_another_start_is_said(change: Change) -> None:
    found = change('cache = "/elsewhere.db"\nagents = 3\n' + PROVIDER)
    assert found.words == "the configuration has changed; agents and cache will be used at the next start"


@pytest.mark.parametrize("text", ["theme = \n", PROVIDER + "poll_minutes = 0\n", "thme = 1\n"])
def test_a_broken_change_is_said_and_changes_nothing(change: Change, text: str) -> None:
    found = change(text)
    assert found.words.startswith("the changed configuration is not used: ")
    assert "hunter2" not in found.words
    assert found == SettingsChange(words=found.words)
    assert change(PROVIDER + "# mended\n").words == ""


def test_a_file_that_comes_and_goes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    stamp = FileStamp(path)
    assert not stamp.changed()
    path.touch()
    assert stamp.changed()
    path.unlink()
    assert stamp.changed()
    assert not stamp.changed()


def test_what_is_unwise_is_remarked(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(PROVIDER, encoding="utf-8")
    path.chmod(0o644)

    def remark(variables: dict[str, str]) -> str:
        layers = layered(path, read_config(path), variables)
        return SettingsWatch(lambda: layers, layers).remark()

    assert f"chmod 600 {path}" in remark({})
    path.chmod(0o600)
    assert remark({}) == ""
    assert remark({"CALLTOP_THME": "x"}) == "CALLTOP_THME is not read: there is no setting thme; did you mean theme?"


class RemarkingSettings:
    """A configuration that others can read."""

    def touched(self) -> bool:
        return False

    def remark(self) -> str:
        return "others can read it"

    def change(self) -> SettingsChange:
        raise NotImplementedError


@pytest.mark.anyio
async def test_the_interface_says_what_is_unwise() -> None:
    async with driven(settings=RemarkingSettings()) as it:
        await it.until(lambda: it.status == "others can read it")


class ChangingSettings:
    """A configuration that has changed once."""

    def __init__(self, change: SettingsChange) -> None:
        self._changes = [change]

    def touched(self) -> bool:
        return bool(self._changes)

    def remark(self) -> str:
        return ""

    def change(self) -> SettingsChange:
        return self._changes.pop()


@pytest.mark.anyio
async def test_the_interface_takes_over_what_has_changed() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    found = SettingsChange("changed", "calltop-light", {"lost": "status:missed"}, zone, {"soluno": 900}, polled=True)
    async with driven(settings=ChangingSettings(found)) as it:
        it.app.look_at_settings()
        await it.until(lambda: it.status == "changed")
        assert (it.app.theme, it.app.session.zone, it.app.session.intervals) == ("calltop-light", zone, {"soluno": 900})
        assert it.poller.renewed == 1
        await it.press("f2")
        assert it.app.session.filter.text == "status:missed"


@pytest.mark.anyio
async def test_the_first_provider_begins_the_polling() -> None:
    begun = FakePoller()
    change = SettingsChange("changed", intervals={}, polled=True)
    async with driven(polls=False, settings=ChangingSettings(change), polling=lambda: begun) as it:
        it.app.look_at_settings()
        await it.until(lambda: it.app.session.poller is begun)
        await it.press("r")
        assert begun.asked == 1


@pytest.mark.anyio
async def test_a_provider_that_comes_from_elsewhere_ends_the_welcome() -> None:
    change = SettingsChange("changed", intervals={}, polled=True)
    async with driven(polls=False, settings=ChangingSettings(change), polling=FakePoller, welcomes=True, ready=False) as it:
        await it.until(lambda: it.app.screen.id == "welcome")
        it.app.look_at_settings()
        await it.until(lambda: it.on_live)


@pytest.mark.anyio
async def test_a_saved_filter_that_is_gone_does_nothing() -> None:
    change = SettingsChange("changed", saved_filters={})
    async with driven(saved_filters={"lost": "status:missed"}, settings=ChangingSettings(change)) as it:
        it.app.look_at_settings()
        await it.until(lambda: it.status == "changed")
        await it.press("f2")
        assert it.app.session.filter.text == ""
