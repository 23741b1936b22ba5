"""`calltop forget` over a cache that was filled from simulated providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from calls.metrics import HEADLINE
from tests.simulated import Site, simulated_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # The hour decides who waits to be called back, so it is a fixed one.
    options = ("--days", "1", "--calls-per-day", "150", "--now", "2026-11-20T16:00:00+01:00")
    with simulated_site(tmp_path_factory.mktemp("site"), *options) as (made, _):
        assert made.here("collect", "--once").returncode == 0
        yield made


def forget(site: Site, number: str) -> None:
    """Erases a number, which the next poll does not bring back."""
    asked = site.here("forget", number)
    assert asked.returncode == 2
    assert "say so with --yes" in asked.stderr
    done = site.here("forget", number, "--yes")
    assert done.returncode == 0, done.stderr
    assert "the calls still count" in done.stderr
    assert site.here("calls", f"number:{number}", "--format", "json").stdout == ""


def test_a_number_is_forgotten_at_every_provider_and_stays_so(site: Site) -> None:
    waiting = {back["caller"] for back in site.told("missed", "--format", "json")}
    calls = site.told("calls", "direction:in -caller:withheld", "--format", "json")
    callers = Counter(call["caller"] for call in calls if call["caller"] not in waiting)
    number, times = callers.most_common(1)[0]
    assert times > 1
    before = site.told("stats", "--format", "json")
    forget(site, number)
    assert site.told("stats", "--format", "json") == before
    assert site.here("collect", "--once").returncode == 0
    assert site.here("calls", f"number:{number}", "--format", "json").stdout == ""


def test_who_is_forgotten_is_not_called_back_and_no_other_figure_changes(site: Site) -> None:
    first, *others = site.told("missed", "--format", "json")
    [before] = site.told("stats", "--format", "json")
    forget(site, first["caller"])
    assert site.told("missed", "--format", "json") == others
    [after] = site.told("stats", "--format", "json")
    waited, waits = before.pop("unreturned"), after.pop("unreturned")
    assert waits["value"] == waited["value"] - first["tries"]
    assert waits["denominator"] == waited["denominator"]
    assert after == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("forget", "bo"), 2, "is no telephone number"),
        (("forget",), 2, "name either a number, or an age"),
        (("forget", "--older-than", "soon", "--yes"), 2, "is no age"),
        (("forget", "+4799999999", "--yes"), 1, "no record held this number; should one come, it will be erased"),
    ],
)
def test_what_cannot_be_forgotten_is_said(site: Site, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = site.here(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_without_a_cache_there_is_nothing_to_forget(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    done = Site(tmp_path).here("forget", "+46701740605", "--yes")
    assert done.returncode == 2
    assert "there is no cache" in done.stderr


def test_older_calls_become_figures(tmp_path: Path) -> None:
    with simulated_site(tmp_path, "--days", "3", "--calls-per-day", "120", "--now", "2026-11-20T12:00") as (site, _):
        assert site.here("collect", "--once").returncode == 0
        assert site.here("backfill", "--no-pacing", "--since", "5d").returncode == 0
        summed = [word for metric in HEADLINE for word in ("--metric", metric.name)]
        before = site.told("stats", "--by", "day", "--format", "json", *summed)
        done = site.here("forget", "--older-than", "1d", "--yes")
        assert done.returncode == 0, done.stderr
        assert "hourly figures are left" in done.stderr
        assert site.told("stats", "--by", "day", "--format", "json", *summed) == before
        day = site.told("stats", "on:2026-11-17", "provider:soluno", "--format", "json")[0]
        assert day["offered"]["value"] > 0
        # How long callers waited cannot be told of calls that are gone.
        assert {day[name]["value"] for name in ("service_level", "abandoned", "unreturned", "asa", "peak_concurrent")} == {None}
        listed = site.here("calls", "--format", "json")
        assert "no longer kept, only hourly figures" in listed.stderr
        assert "2026-11-17" not in listed.stdout
