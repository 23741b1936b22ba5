"""What `calltop stats` tells besides figures, over a cache that was filled from simulated providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.simulated import Site, simulated_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    options = ("--days", "36", "--calls-per-day", "30", "--now", "2026-11-27T15:20:00Z")
    with simulated_site(tmp_path_factory.mktemp("site"), *options) as (made, _):
        assert made.here("backfill", "--no-pacing", "--since", "36d").returncode == 0
        assert made.here("collect", "--once").returncode == 0
        yield made


def test_today_stands_beside_what_is_typical(site: Site) -> None:
    together, *providers = site.told("stats", "--typical", "--format", "json")
    assert together["provider"] is None
    assert together["weeks"] >= 4
    assert [day["provider"] for day in providers] == ["soluno", "dstny", "telecomx", "portsip", "while1"]
    for day in providers:
        assert list(day["figures"]) == ["offered", "answered", "missed", "answer_rate"]
        assert len(day["hours"]) == 24
        assert day["figures"]["offered"]["value"] == sum(hour["offered"] or 0 for hour in day["hours"])
    assert together["figures"]["offered"]["value"] == sum(day["figures"]["offered"]["value"] for day in providers)
    table = site.here("stats", "--typical").stdout.splitlines()
    assert table[0].split() == ["provider", "until", "figure", "today", "typical", "weeks", "change"]
    assert len(table) == 1 + 4 * 6


def test_a_configured_holiday_is_said(site: Site) -> None:
    text = (site.folder / "config.toml").read_text(encoding="utf-8")
    config = site.folder / "holiday.toml"
    config.write_text(f"holidays = [2026-11-27]\n{text}", encoding="utf-8")
    config.chmod(0o600)
    done = site.here("stats", "--typical", "--config", str(config))
    assert "portsip: today is a public holiday" in done.stderr
    assert "above" not in done.stdout


def test_a_look_has_no_groups(site: Site) -> None:
    done = site.here("stats", "--typical", "--by", "hour")
    assert (done.returncode, done.stdout) == (2, "")
    assert "leave out --by" in done.stderr


def test_each_line_is_judged(site: Site) -> None:
    lines = site.told("stats", "--silence", "--format", "json")
    assert [line["provider"] for line in lines] == ["soluno", "dstny", "telecomx", "portsip", "while1"]
    for line in lines:
        assert line["state"] in {"heard", "silent"}
        assert 0 < line["probability"] <= 1
        assert line["weeks"] >= 4
    header, *table = site.here("stats", "--silence").stdout.splitlines()
    assert header.startswith("provider  line")
    assert len(table) == 5
    done = site.here("stats", "--silence", "direction:in")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_figure_is_laid_open(site: Site) -> None:
    (lens,) = site.told("stats", "--explain", "answer_rate", "on:yesterday", "--format", "json")
    (plain,) = site.told("stats", "--metric", "answer_rate", "on:yesterday", "--format", "json")
    assert {name: lens[name] for name in plain["answer_rate"]} == plain["answer_rate"]
    assert lens["worked"].startswith(f"{lens['numerator']} / {lens['denominator']} = ")
    assert lens["numerator_rows"]["filter"] == "on:yesterday direction:in status:answered"
    for side in ("numerator_rows", "denominator_rows"):
        # Telecom X's totals count and have no rows.
        listed = len(site.told("calls", lens[side]["filter"], "--format", "json"))
        totals = next(part for part in lens["providers"] if part["kind"] == "telecomx")
        assert listed + totals[side.removesuffix("_rows")] == lens[side.removesuffix("_rows")]
    text = site.here("stats", "--explain", "service_level").stdout
    for said in (
        "formula      answered in time / (offered - abandoned in time)",
        "under        on:today",
        "grade        approximate: ",
        "listed by: calltop calls 'on:today direction:in status:answered wait:<=20s'",
        "Service level, answered only",
    ):
        assert said in text


def test_an_unknown_figure_is_refused(site: Site) -> None:
    done = site.here("stats", "--explain", "happiness")
    assert (done.returncode, done.stdout) == (2, "")


def test_unusual_calls_are_rows_with_reasons(site: Site) -> None:
    rows = site.told("stats", "--unusual", "since:-30d", "--format", "json", "--mask")
    assert rows
    for row in rows:
        assert row["direction"] == "out"
        assert row["unusual"]
    done = site.here("stats", "--unusual")
    assert re.search(r"\d+ of \d+ outbound calls are unusual", done.stderr)
    assert "soluno is left out" in done.stderr
    for word in ("fraud", "suspicious"):
        assert word not in done.stdout + done.stderr


def test_patience_and_staffing(site: Site) -> None:
    (curve,) = site.told("stats", "--patience", "--format", "json")
    gone = [point["gone"] for point in curve["curve"] if point["gone"] is not None]
    assert gone == sorted(gone)
    assert curve["abandoned"] > 0
    assert "would have hung up" in site.here("stats", "--patience").stdout
    hours = site.told("stats", "--staffing", "--agents", "3", "--format", "json")
    assert [hour["hour"] for hour in hours] == list(range(24))
    busiest = max(hours, key=lambda hour: float(hour["erlangs"]))
    assert busiest["given"]["occupancy"] == pytest.approx(busiest["erlangs"] / 3)
    assert busiest["needed"]["service_level"] >= 0.8
    assert "with 3: in 20 s" in site.here("stats", "--staffing", "--agents", "3").stdout


def test_configured_agents_are_used(site: Site) -> None:
    config = site.folder / "agents.toml"
    config.write_text("agents = 4\n" + (site.folder / "config.toml").read_text(encoding="utf-8"), encoding="utf-8")
    config.chmod(0o600)
    assert "with 4: in 30 s" in site.here("stats", "--staffing", "--service-seconds", "30", "--config", str(config)).stdout
