"""`calltop check` over real HTTP: what it tells, what it ends with, and that it asks no more than once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulated import Site, simulated_site
from tui.cli import main

Run = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(tmp_path_factory.mktemp("site"), "--days", "0") as (served, _):
        yield served


@pytest.fixture
def run(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a check with a configuration of its own: its exit code, its objects, and its table."""
    path = tmp_path / "config.toml"
    path.write_text((site.folder / "config.toml").read_text(encoding="utf-8"), encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("CALLTOP_CONFIG", str(path))
    monkeypatch.setenv("CALLTOP_CACHE", str(tmp_path / "calltop.db"))

    def runs(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        code = main(["check", *arguments])
        out = capsys.readouterr().out
        return code, [json.loads(line) for line in out.splitlines()] if "json" in arguments else [], out

    return runs


def test_all_is_well(run: Run) -> None:
    code, found, _ = run("--format", "json")
    assert code == 0
    assert [part["part"] for part in found] == ["configuration", *["provider"] * 5, "cache"]
    assert all(part["well"] for part in found)
    assert {part["provider"] for part in found if part["part"] == "provider"} == {
        *("soluno", "dstny", "telecomx", "portsip", "while1")
    }


def test_the_table_says_what_was_asked_and_what_came_back(run: Run) -> None:
    code, _, out = run("--provider", "portsip")
    assert code == 0
    assert "portsip (portsip): well" in out
    assert "/portsip/api/login/oauth/token: 200 in " in out
    assert "  role      Admin" in out
    assert "  sees      all calls" in out
    assert "soluno" not in out


def test_a_refused_sign_in_ends_with_3_and_is_not_repeated(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["collect", "--once"]) == 0
    monkeypatch.setenv("CALLTOP_PROVIDERS__PORTSIP__PASSWORD", "wrong")
    first = run("--provider", "portsip", "--format", "json")
    again = run("--provider", "portsip", "--format", "json")
    for code, found, out in (first, again):
        assert code == 3
        assert found[1]["failure"]
        assert "wrong" not in out
    assert len(first[1][1]["asked"]) == 1
    assert again[1][1]["asked"] == []
    assert len(run("--provider", "portsip", "--sign-in-again", "--format", "json")[1][1]["asked"]) == 1
    monkeypatch.delenv("CALLTOP_PROVIDERS__PORTSIP__PASSWORD")
    assert run("--provider", "portsip")[0] == 0


def test_mistakes_end_with_2_and_the_others_are_asked_all_the_same(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLTOP_PROVIDERS__SOLUNO__TOKN", "x")
    code, found, _ = run("--format", "json")
    assert code == 2
    [mistake] = found[0]["mistakes"]
    assert mistake.startswith("CALLTOP_PROVIDERS__SOLUNO__TOKN: providers.soluno.tokn: ")
    assert mistake.endswith("did you mean token?")
    assert [part["provider"] for part in found[1:-1]] == ["dstny", "telecomx", "portsip", "while1"]


def test_an_unreachable_provider_ends_with_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLTOP_PROVIDERS__WHILE1__BASE_URL", "http://127.0.0.1:9")
    code, found, _ = run("--provider", "while1", "--format", "json")
    assert code == 3
    assert "no connection to 127.0.0.1:9" in found[1]["failure"]


def test_a_broken_cache_ends_with_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "calltop.db").write_bytes(b"SQLite format 3\0" + b"x" * 8000)
    code, found, _ = run("--provider", "while1", "--format", "json")
    assert (code, found[1]["well"], found[-1]["well"]) == (2, True, False)


def test_nothing_configured_is_a_fault_and_an_unknown_name_too(run: Run, tmp_path: Path) -> None:
    assert run("--provider", "nobody")[0] == 2
    (tmp_path / "config.toml").unlink()
    code, _, out = run()
    assert (code, "calltop config add" in out, "(no such file)" in out) == (2, True, True)
