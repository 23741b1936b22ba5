"""`calltop stats` over a cache that was filled from simulated providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from calls.metrics import HEADLINE, METRICS
from tests.simulated import Site, simulated_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(tmp_path_factory.mktemp("site"), "--days", "1", "--calls-per-day", "200") as (made, _):
        assert made.here("backfill", "--no-pacing", "--since", "1d").returncode == 0
        yield made


def test_every_figure_has_a_line_and_every_reason_stands_once(site: Site) -> None:
    table, _, notes = site.here("stats").stdout.partition("\n\n")
    lines = table.splitlines()[1:]
    assert [line.split("  ")[0] for line in lines] == [metric.title for metric in METRICS.values()]
    assert max(map(len, table.splitlines())) <= 80
    numbered = [line.split("  ", 1) for line in notes.splitlines()]
    assert [number for number, _ in numbered] == [str(place) for place in range(1, len(numbered) + 1)]
    assert len({reason for _, reason in numbered}) == len(numbered)
    pointed = {note for line in lines if (found := re.search(r"(?:approximate|bound|impossible) ([\d,]+)$", line))
               for note in found[1].split(",")}  # fmt: skip
    assert pointed == {number for number, _ in numbered}


def test_json_holds_every_figure_also_by_group_and_a_table_by_group_the_headline(site: Site) -> None:
    (whole,) = site.told("stats", "--format", "json")
    assert set(whole) == set(METRICS)
    for group in site.told("stats", "--by", "queue", "--format", "json"):
        assert set(group) == {"group", *METRICS}
    header = site.here("stats", "--by", "queue").stdout.splitlines()[0]
    assert re.split(r"  +", header.strip()) == ["queue", *(metric.title.lower() for metric in HEADLINE)]


def test_a_threshold_changes_what_is_in_time(site: Site) -> None:
    def in_time(*options: str) -> tuple[int, int]:
        figure = site.told("stats", "--metric", "service_level_handled", "--format", "json", *options)[0]
        return figure["service_level_handled"]["numerator"], figure["service_level_handled"]["denominator"]

    assert in_time("--service-seconds", "0")[0] < in_time()[0] < in_time("--service-seconds", "999999")[0]
    assert in_time("--service-seconds", "999999") == (in_time()[1], in_time()[1])


def test_named_figures_come_alone_and_in_the_order_of_the_naming(site: Site) -> None:
    (figures,) = site.told("stats", "--metric", "asr", "--metric", "offered", "--metric", "asr", "--format", "json")
    assert list(figures) == ["asr", "offered"]
    assert "at" in site.told("stats", "--metric", "busy_hour", "--format", "json")[0]["busy_hour"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("stats", "--metric", "happiness"), "invalid choice: 'happiness'"),
        (("stats", "--service-seconds", "-3"), "is no whole number of seconds"),
        (("stats", "--short-abandon-seconds", "1.5"), "is no whole number of seconds"),
    ],
)
def test_a_wrong_option_is_refused(site: Site, arguments: tuple[str, ...], said: str) -> None:
    done = site.here(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
