"""The whole chain over real HTTP: simulated providers in one process, calltop in others, the truth as the judge."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulated import Site, simulated_site

PER_CALL = {"soluno", "dstny", "portsip", "while1"}
Key = tuple[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Three days over the end of summer time, with a quiet clock: nothing new is shown while the test runs."""
    options = ("--days", "3", "--now", "2026-10-27T02:30", "--speed", "0")
    with simulated_site(tmp_path_factory.mktemp("site"), *options) as (made, _):
        yield made


def of_calls(lines: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    return {(line["provider"], line["id"]): line for line in lines if line["provider"] in PER_CALL}


def beside(site: Site, folder: Path) -> Site:
    """A site with the same providers and a cache of its own."""
    for name in ("config.toml", "truth.jsonl"):
        (folder / name).symlink_to(site.folder / name)
    return Site(folder)


def assert_equals_truth(site: Site) -> None:
    """Call by call for four providers, in sums for the one that gives totals."""
    truth = site.truth()
    cached = of_calls(site.objects("calls", "--format", "json"))
    assert cached == of_calls(truth)
    assert len(cached) > 400
    for direction in ("in", "out"):
        shares = [line for line in truth if line["provider"] == "telecomx" and line["direction"] == direction]
        figures = site.objects("stats", "--format", "json", "provider:telecomx", f"direction:{direction}")[0]
        assert figures["offered"]["value"] == len(shares)
        assert figures["answered"]["value"] == sum(line["status"] == "answered" for line in shares)
        assert figures["talk_seconds"]["value"] == sum(line["talk_seconds"] for line in shares)


def test_cache_equals_truth_and_polling_again_changes_nothing(site: Site) -> None:
    assert site.run("backfill", "--since", "4d", "--no-pacing").returncode == 0
    first = site.objects("collect", "--once", "--json")
    assert {outcome["provider"] for outcome in first} == {*PER_CALL, "telecomx"}
    assert all(outcome["error"] is None and outcome["complete_to"] for outcome in first)
    assert_equals_truth(site)
    again = site.objects("collect", "--once", "--json")
    assert [(outcome["inserted"], outcome["updated"], outcome["rejected"]) for outcome in again] == [(0, 0, 0)] * 5
    assert sum(outcome["unchanged"] for outcome in again) > 0
    assert_equals_truth(site)


def test_cache_is_private(site: Site) -> None:
    assert site.run("collect", "--once").returncode == 0
    assert {path.stat().st_mode & 0o777 for path in site.folder.glob("calltop.db*")} == {0o600}


@pytest.mark.parametrize("lines_before_the_kill", [0, 2, 9])
def test_a_killed_backfill_goes_on_where_it_was(site: Site, tmp_path: Path, lines_before_the_kill: int) -> None:
    other = beside(site, tmp_path)
    process = other.start("backfill", "--since", "4d", "--no-pacing")
    assert process.stderr is not None
    for _ in range(lines_before_the_kill):
        process.stderr.readline()
    process.kill()
    process.communicate()
    assert other.run("backfill", "--since", "4d", "--no-pacing").returncode == 0
    assert other.run("collect", "--once").returncode == 0
    assert_equals_truth(other)


def test_a_killed_collector_blocks_nobody(site: Site, tmp_path: Path) -> None:
    other = beside(site, tmp_path)
    process = other.start("collect", "--json")
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    outcomes = other.objects("collect", "--once", "--json")
    assert [outcome["error"] for outcome in outcomes] == [None] * 5


def test_collect_ends_well_when_asked_to(site: Site, tmp_path: Path) -> None:
    process = beside(site, tmp_path).start("collect", "--json")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_without_providers_the_cache_still_answers(tmp_path: Path) -> None:
    with simulated_site(tmp_path, "--days", "1") as (site, simulator):
        assert site.run("collect", "--once").returncode == 0
        simulator.terminate()
        simulator.wait(timeout=20)
        before = site.run("stats", "--by", "provider", "--format", "json").stdout
        failed = site.run("collect", "--once", "--json")
        assert failed.returncode == 3
        assert failed.stdout.count("no connection to 127.0.0.1") == 5
        assert "calltop tries again by itself" in failed.stdout
        assert site.run("stats", "--by", "provider", "--format", "json").stdout == before
