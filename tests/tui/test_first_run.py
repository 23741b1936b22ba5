"""From an empty home to the first real poll, by keys alone, in a real terminal, against the simulated providers."""

from __future__ import annotations

import json
import stat
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.simulator import credentials
from providers.simulator.clock import SimulatorClock
from providers.simulator.config import config_text
from tests.simulated import Site, simulated_site
from tests.tui.conftest import KEYRING_FOLDER
from tests.tui.pseudo_terminal import ROOT, Terminal, interface
from tui.paths import read_config
from tui.settings.adding import ProviderSetup
from tui.settings.layers import layered


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(tmp_path_factory.mktemp("site"), "--days", "0") as (served, _):
        yield served


def base_url(site: Site) -> str:
    providers = tomllib.loads((site.folder / "config.toml").read_text(encoding="utf-8"))["providers"]
    return str(providers["while1"]["base_url"])


def test_from_an_empty_home_to_the_first_poll(site: Site, tmp_path: Path) -> None:
    ring = tmp_path / "keyring.json"
    environment = {
        **{name: str(tmp_path / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")},
        "PYTHONPATH": f"{ROOT}:{KEYRING_FOLDER}",
        "KEYRING_FILE": str(ring),
    }
    with interface(module="tui.cli", environment=environment) as terminal:
        fill_in(terminal, base_url(site))
        terminal.until(lambda: "It works" in terminal.text)
        assert "POST /while1/api/cdr: 200 in " in terminal.text
        assert "the secrets into the system's keyring" in terminal.text
        terminal.send(b"\r")
        terminal.until(lambda: "1 fresh" in terminal.text and "office" in terminal.text)
        terminal.send(b"q")
        assert terminal.until_ended() == 0
        assert credentials.WHILE1_TOKEN.encode() not in terminal.bytes
    path = tmp_path / "home" / "calltop" / "config.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    office = tomllib.loads(path.read_text(encoding="utf-8"))["providers"]["office"]
    assert (office["token_keyring"], office["api_key_keyring"]) == ("office/token", "office/api_key")
    assert json.loads(ring.read_text(encoding="utf-8"))["calltop office/token"] == credentials.WHILE1_TOKEN


def fill_in(terminal: Terminal, address: str) -> None:
    """The keys of somebody who wants to add a While1 PBX, wrong first and then right."""
    terminal.until(lambda: "Welcome to calltop" in terminal.text)
    terminal.send(b"a")
    terminal.until(lambda: "telephony API" in terminal.text)
    terminal.send(b"w")
    terminal.until(lambda: "api key" in terminal.text)
    terminal.send(b"\toffice\t\x13")
    terminal.until(lambda: "! needed" in terminal.text)
    terminal.send(f"{address}\t{credentials.WHILE1_TOKEN}\t{credentials.WHILE1_API_KEY}".encode())
    terminal.until(lambda: terminal.text.count("•" * len(credentials.WHILE1_API_KEY)) == 2)
    terminal.send(b"\x13")


def setup_over(path: Path) -> ProviderSetup:
    return ProviderSetup(lambda: layered(path, read_config(path), {}), lambda: 0.0)


def test_every_kind_is_tried_and_saved(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    path = tmp_path / "config.toml"
    setup = setup_over(path)
    text = config_text(base_url(site).removesuffix("/while1"), SimulatorClock(None, 1))
    for kind, table in tomllib.loads(text)["providers"].items():
        asked = {field.name for field in setup.fields({"kind": kind})}
        answers = {name: str(value) for name, value in table.items() if name in asked and name != "timezone"}
        assert setup.mistakes(answers) == {}
        trial = setup.try_out(answers)
        assert not trial.failed, trial.lines
        assert setup.save(trial.answers) == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    saved = tomllib.loads(path.read_text(encoding="utf-8"))["providers"]
    assert saved["dstny"]["token"] == credentials.DSTNY_TOKEN
    assert list(saved) == ["soluno", "dstny", "telecomx", "portsip", "while1"]
    assert saved["portsip"]["timezone"] == "Europe/Stockholm"
    assert "timezone" not in saved["while1"]


def test_mistakes_belong_to_their_questions(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    setup = setup_over(path)
    path.write_text('[providers.pbx]\nkind = "dstny"\ntoken = "t"\n', encoding="utf-8")
    good = {"kind": "while1", "name": "x", "base_url": "https://x", "token": "t"}
    assert setup.mistakes(good) == {}
    assert "already" in setup.mistakes({**good, "name": "pbx"})["name"]
    assert "plain characters" in setup.mistakes({**good, "name": "a\x1bb"})["name"]
    assert "in the clear" in setup.mistakes({**good, "base_url": "http://x"})["base_url"]
    assert "token" in setup.mistakes({"kind": "soluno"})[""]
    refused = setup.try_out({**good, "token": ""})
    assert refused.failed
