"""What polling remembers between processes: a refused sign-in, what its calls were derived with; and signs of a wrong clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Writer
from calls.filters import parse
from calls.model import Direction
from providers.errors import SignInRefused, Unavailable
from providers.polling import ProviderPolling
from providers.registry import parse_settings
from providers.settings import ProviderSettings, derivation_digest, sign_in_digest
from tests.calls.cache.help import HOUR_MS, MINUTE_MS, NOON_MS, record
from tests.providers.collecting import FakeProvider, ManualClock

pytestmark = pytest.mark.anyio

PASSWORD = "correct-horse-battery"


def settings(**changes: Any) -> ProviderSettings:
    table = {
        "kind": "soluno",
        "base_url": "https://pbx.example",
        "auth": "password_grant",
        "token_url": "https://pbx.example/token",
        "username": "kim",
        "password": PASSWORD,
    }
    return parse_settings({**table, **changes})


@contextmanager
def polling_with(
    folder: Path, provider: FakeProvider, clock: ManualClock, chosen: ProviderSettings
) -> Iterator[ProviderPolling]:
    database = Database(folder / "calltop.db")
    try:
        writer = Writer(database)
        yield ProviderPolling(provider, writer, writer.register([provider.source])["north"], clock, chosen)
    finally:
        database.close()


async def test_a_refused_sign_in_is_not_repeated_by_a_later_process_until_it_is_another_one(tmp_path: Path) -> None:
    clock = ManualClock()
    provider = FakeProvider(clock)
    provider.error = SignInRefused("sign-in refused (401)")
    with polling_with(tmp_path, provider, clock, settings()) as polling:
        assert (await polling.poll()).error
    asked = len(provider.asked)
    with polling_with(tmp_path, provider, clock, settings(poll_minutes=7)) as polling:
        outcome = await polling.poll()
        assert outcome.requests == 0
        assert outcome.error is not None
        assert "press r" in outcome.error
        assert len(provider.asked) == asked
    with polling_with(tmp_path, provider, clock, settings(password="another")) as polling:
        await polling.poll()
        assert len(provider.asked) == asked + 1
    assert PASSWORD.encode() not in (tmp_path / "calltop.db").read_bytes()


async def test_the_person_may_have_it_repeated_and_a_good_one_is_forgotten(tmp_path: Path) -> None:
    clock = ManualClock()
    provider = FakeProvider(clock)
    provider.error = SignInRefused("sign-in refused (401)")
    with polling_with(tmp_path, provider, clock, settings()) as polling:
        await polling.poll()
        provider.error = Unavailable("503")
        await polling.poll(sign_in_again=True)
        assert polling.log.refused_sign_in() != ""
        provider.error = None
        assert (await polling.poll(sign_in_again=True)).error is None
        assert polling.log.refused_sign_in() == ""
        assert (await polling.poll()).error is None


def test_the_digest_of_a_sign_in_is_salted_and_depends_on_who_signs_in_where() -> None:
    before = sign_in_digest(settings())
    assert sign_in_digest(settings()) != before
    assert sign_in_digest(settings(), before) == before
    for changed in ({"username": "eva"}, {"password": "x"}, {"base_url": "https://other.example"}):
        assert sign_in_digest(settings(**changed), before) != before


def test_the_digest_of_a_derivation_depends_on_what_records_mean_and_holds_no_secret() -> None:
    assert derivation_digest(settings()) == derivation_digest(settings(password="x", poll_minutes=9, backfill_days=3))
    assert derivation_digest(settings()) != derivation_digest(settings(timezone="Europe/Helsinki"))
    assert derivation_digest(settings()) != derivation_digest(settings(own_numbers=["+4631200058"]))


async def test_calls_are_derived_anew_when_what_they_depend_on_has_changed(tmp_path: Path) -> None:
    clock = ManualClock()
    provider = FakeProvider(clock)
    provider.rows = [record("a", started_ms=NOON_MS - HOUR_MS, direction="in")]
    with polling_with(tmp_path, provider, clock, settings()) as polling:
        assert polling.derive_anew()
        await polling.poll()
        assert not polling.derive_anew()

    class Otherwise(FakeProvider):
        def derive(self, records, facts):  # type: ignore[no-untyped-def]
            changed = [record(row.key, started_ms=row.started_ms, direction="out") for row in records]
            return super().derive(changed, facts)

    with polling_with(tmp_path, Otherwise(clock), clock, settings(own_numbers=["+4631200058"])) as polling:
        assert polling.derive_anew()
    with closing(Reader(tmp_path / "calltop.db")) as reader:
        assert [call.direction for call in reader.calls(parse(""), NOON_MS)] == [Direction.OUT]


@pytest.mark.parametrize(
    ("skew_seconds", "started_ms", "said"),
    [
        (0, NOON_MS - HOUR_MS, ""),
        (119, NOON_MS - HOUR_MS, ""),
        (180, NOON_MS - HOUR_MS, "2 minutes or more ahead of this machine's; check this machine's clock"),
        (-4000, NOON_MS - HOUR_MS, "2 minutes or more behind"),
        (0, NOON_MS + 2 * HOUR_MS, "check whether Europe/Stockholm is the provider's timezone"),
        (0, NOON_MS + 4 * MINUTE_MS, ""),
    ],
)
async def test_a_wrong_clock_or_zone_is_a_notice(tmp_path: Path, skew_seconds: int, started_ms: int, said: str) -> None:
    clock = ManualClock()
    provider = FakeProvider(clock)
    provider.skew_seconds = skew_seconds

    async def fetch(window, state):  # type: ignore[no-untyped-def]
        from providers.base import Page

        yield Page((record("a", started_ms=started_ms),))

    provider.fetch = fetch  # type: ignore[method-assign]
    with polling_with(tmp_path, provider, clock, settings()) as polling:
        await polling.poll()
    with closing(Reader(tmp_path / "calltop.db")) as reader:
        notices = reader.notices()
    assert len(notices) == (1 if said else 0)
    assert all(said in notice.text for notice in notices)
