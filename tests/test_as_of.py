"""`--as-of`: commands that ask the cache as it was, over a cache filled from simulated providers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from calls.cache.reader import Reader
from calls.times import format_rfc3339
from tests.simulated import Site, simulated_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A cache that was polled, and filled with the day before after that."""
    with simulated_site(tmp_path_factory.mktemp("site"), "--days", "2", "--calls-per-day", "100") as (made, _):
        assert made.here("collect", "--once").returncode == 0
        assert made.here("backfill", "--no-pacing", "--since", "2d").returncode == 0
        yield made


@pytest.fixture(scope="module")
def polled(site: Site) -> str:
    """The instant at which all had been polled, and nothing of the past was known yet."""
    with closing(Reader(site.cache)) as reader:
        return format_rfc3339(max(one.read_ms for one in reader.polls() if one.complete_to_ms is not None))


def test_what_came_later_is_not_known(site: Site, polled: str) -> None:
    now, then = site.told("calls", "--format", "json"), site.told("calls", "--as-of", polled, "--format", "json")
    assert 0 < len(then) < len(now)
    by_id = {(call["provider"], call["id"]): call for call in now}
    # No call changed meanwhile, so that those known then are told now as well.
    assert all(by_id[call["provider"], call["id"]] == call for call in then)
    (figures,) = site.told("stats", "provider:portsip", "--as-of", polled, "--format", "json")
    inbound = [call for call in then if call["provider"] == "portsip" and call["direction"] == "in"]
    assert figures["offered"]["value"] == len(inbound)
    assert figures["answered"]["value"] == sum(call["status"] == "answered" for call in inbound)
    missed = site.told("missed", "--as-of", polled, "--format", "json")
    assert sum(who["tries"] for who in missed) <= sum(call["status"] != "answered" for call in then)


def test_the_present_is_the_last_instant(site: Site) -> None:
    done = site.here("stats", "--as-of", "now", "--format", "json", "--metric", "offered", "--metric", "talk_seconds")
    assert done.stdout == site.here("stats", "--format", "json", "--metric", "offered", "--metric", "talk_seconds").stdout
    assert "as of 20" in done.stderr


def test_before_the_first_poll_nothing_is_known(site: Site) -> None:
    done = site.here("stats", "--as-of=-5h")
    assert done.returncode == 1
    assert "nothing is cached yet" in done.stderr


def test_no_copy_is_left(site: Site, polled: str) -> None:
    assert site.here("calls", "--as-of", polled).returncode == 0
    assert list(site.folder.glob(".calltop-then-*")) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("stats", "--as-of", "2999-01-01"), "has not come yet"),
        (("calls", "--as-of", "soon"), "is not a time"),
        (("missed", "--as-of", "yesterday", "--done", "+46701740605"), "nothing can be marked in the past"),
    ],
)
def test_a_wrong_instant_is_refused(site: Site, arguments: tuple[str, ...], said: str) -> None:
    done = site.here(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
