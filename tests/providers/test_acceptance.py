"""The fourteen acceptance tests of time and loading; `pytest -k acceptance` runs them all.

Each is a test with the mark `acceptance(number)`, beside what it tests; those that concern several rooms stand here.

 1. Polling twice at the same clock time without new data changes nothing: test_polling.py
 2. A long call that began before the previous poll appears: test_polling.py
 3. A row published late, and one published the next day, appear, and the version before is kept: here, test_rereading.py
 4. Rows inserted between page requests are neither lost nor doubled, in both orders: test_{portsip_paging,while1_client}.py
 5. More rows of one second than fit a page: test_portsip_paging.py
 6. Two rows of the repeated hour become two instants: test_times.py, test_while1_client.py
 7. A window in the repeated hour is asked for widened, and filtered back: test_times.py, here
 8. The day of 25 hours, and its totals with 24 keys: test_times.py, test_telecomx_buckets.py
 9. The day of 23 hours, and the hour that it lacks: here
10. Weeks at the turn of the year: test_groups.py
11. Another host doubles no row: here
12. An erased caller stays erased, purged days stay purged: test_erasure.py, test_retention.py
13. A reading that was killed between two pages is finished by the next, which alone moves the watermark: here
14. After six hours of sleep each provider is polled once: test_collector.py
"""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Writer
from calls.filters import parse
from calls.model import Source, Window
from calls.times import parse_rfc3339
from providers.polling import PollOutcome, ProviderPolling
from providers.registry import KINDS
from tests.calls.cache.help import HOUR_MS, MINUTE_MS, NOON_MS, FakeDeriver, a_cache, record
from tests.providers import portsip_help, while1_help
from tests.providers.collecting import FakeProvider, ManualClock, polling_of
from tests.providers.exchange_help import client, simulated

pytestmark = pytest.mark.anyio
FOURTEEN = set(range(1, 15))
STOCKHOLM = Source("north", "fake", "Europe/Stockholm", "46")
COPENHAGEN = Source("desk", "fake", "Europe/Copenhagen", "45")
BUCHAREST = Source("south", "fake", "Europe/Bucharest", "40")


def test_each_of_the_fourteen_has_a_test() -> None:
    folder = Path(__file__).parents[1]
    numbers = {
        int(number)
        for path in folder.rglob("test_*.py")
        for number in re.findall(r"^@pytest\.mark\.acceptance\((\d+)\)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert numbers == FOURTEEN
    assert {int(number) for number in re.findall(r"^ ?(\d+)\. ", __doc__ or "", re.MULTILINE)} == FOURTEEN


@pytest.mark.acceptance(3)
async def test_a_row_that_is_written_five_minutes_late_appears_and_its_correction_keeps_the_version_before(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON_MS)
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        ended_ms = NOON_MS - MINUTE_MS
        clock.jump(280_000 - MINUTE_MS)
        provider.rows.append(record("late", started_ms=ended_ms - 5 * MINUTE_MS, ended_ms=ended_ms))
        assert (await polling.poll()).stored.inserted == 1
        provider.rows = [record("late", started_ms=ended_ms - 5 * MINUTE_MS, ended_ms=ended_ms, status="answered")]
        clock.jump(5 * MINUTE_MS)
        assert (await polling.poll()).stored.updated == 1
        with closing(Reader(tmp_path / "calltop.db")) as reader:
            assert [call.status for call in reader.calls(parse(""), clock.now_ms())] == ["answered"]
    with a_cache(tmp_path / "calltop.db", STOCKHOLM) as cache:
        assert [payload.get("status", "missed") for payload in cache.payloads("record_revision")] == ["missed"]
        assert cache.rows("SELECT seen_ms, replaced_ms FROM record_revision") == [(NOON_MS + 220_000, clock.now_ms())]


@pytest.mark.acceptance(7)
async def test_fifty_minutes_of_the_repeated_hour_are_asked_for_whole_and_filtered_back() -> None:
    instants = ["00:05", "00:20", "00:59", "01:00", "01:09", "01:10", "01:40"]
    rows: list[dict[str, Any]] = []
    for number, instant in enumerate(instants, start=1):
        epoch = parse_rfc3339(f"2025-10-26T{instant}:00Z") // 1000
        named = f"{epoch}.{number}"
        rows.append(
            {**while1_help.row(number), "time": f"2025-10-26 02:{instant[3:]}:00", "uniqueid": named, "linkedid": named}
        )
    pbx = while1_help.Pbx(rows)
    window = Window(parse_rfc3339("2025-10-26T00:20:00Z"), parse_rfc3339("2025-10-26T01:10:00Z"))
    reader = while1_help.provider(pbx, lambda: 1_762_000_000.0, timezone="Europe/Stockholm")
    records = await while1_help.fetched(reader, window)
    assert pbx.asked[0]["filters"]["date_between"] == ["2025-10-26 02:00:00", "2025-10-26 02:59:59"]
    assert sorted(record.key for record in records) == ["2", "3", "4", "5"]


@pytest.mark.acceptance(9)
@pytest.mark.parametrize(("source", "missing"), [(STOCKHOLM, 2), (COPENHAGEN, 2), (BUCHAREST, 3)])
def test_the_day_of_23_hours_lacks_one(tmp_path: Path, source: Source, missing: int) -> None:
    first_ms = parse_rfc3339("2026-03-28T20:00:00Z")
    rows = [record(str(step), started_ms=first_ms + step * 15 * MINUTE_MS) for step in range(30 * 4)]
    with a_cache(tmp_path / "calltop.db", source) as cache, closing(Reader(cache.path)) as reader:
        cache.read(*rows, deriver=FakeDeriver(source))
        day = reader.groups(parse("on:2026-03-29"), NOON_MS, "hour")
        assert len(day) == 23
        assert {tally.offered for tally in day.values()} == {4}
        assert list(reader.calls(parse(f"on:2026-03-29 hour:{missing}"), NOON_MS)) == []
        assert len(list(reader.calls(parse(f"on:2026-03-29 hour:{missing + 1}"), NOON_MS))) == 4


@pytest.mark.acceptance(11)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_provider_at_another_host_doubles_no_row(tmp_path: Path, kind: str) -> None:
    simulator = simulated(days=1, calls_per_day=60)
    outcomes: list[PollOutcome] = []
    # The second poll may read rows by number that the first, which read by time, did not.
    for base_url in ("https://old.example:8080", "https://old.example:8080", "https://new.example"):
        with closing(Database(tmp_path / "calltop.db")) as database:
            writer = Writer(database)
            provider = client(kind, simulator, base_url=f"{base_url}/{kind}")
            ids = writer.register([provider.source])
            clock = ManualClock(simulator.clock.now_ms())
            outcomes.append(await ProviderPolling(provider, writer, ids[provider.source.name], clock).poll())
            assert database.connection.execute("SELECT count(*) FROM source").fetchone() == (1,)
    assert [outcome.error for outcome in outcomes] == [None] * 3
    first, _, again = (outcome.stored for outcome in outcomes)
    assert first.inserted > 0
    assert (again.inserted, again.updated) == (0, 0)
    assert again.unchanged > 0


@pytest.mark.acceptance(13)
async def test_a_reading_that_is_killed_between_two_pages_is_finished_by_the_next(tmp_path: Path) -> None:
    path, at_the_kill = tmp_path / "calltop.db", tmp_path / "killed"
    noon_ms = parse_rfc3339("2024-08-20T12:00:00Z")
    clock = ManualClock(noon_ms + HOUR_MS)
    pbx = portsip_help.Pbx([portsip_help.session(number, number * 7.3) for number in range(250)])

    def kill(server: portsip_help.Pbx) -> None:
        # What lies on the disk now is what a process that is killed leaves behind.
        if len(server.queries) == 3 and not at_the_kill.exists():
            at_the_kill.mkdir()
            for file in path.parent.glob("calltop.db*"):
                shutil.copy(file, at_the_kill / file.name)

    pbx.before_each = kill
    assert (await _poll(path, pbx, clock)).stored.inserted == 250
    with closing(Reader(at_the_kill / "calltop.db")) as reader:
        [known] = reader.sources().values()
        assert (known.complete_to_ms, known.covered) == (None, ())
    outcome = await _poll(at_the_kill / "calltop.db", pbx, clock)
    assert (outcome.error, outcome.stored.inserted) == (None, 250)
    with closing(Reader(at_the_kill / "calltop.db")) as reader:
        [known] = reader.sources().values()
        assert known.complete_to_ms == clock.now_ms() - 15 * MINUTE_MS
        assert len(list(reader.calls(parse(""), clock.now_ms()))) == 250


async def _poll(path: Path, handler: portsip_help.Pbx, clock: ManualClock) -> PollOutcome:
    with closing(Database(path)) as database:
        writer = Writer(database)
        provider = portsip_help.provider(handler, lambda: clock.now_ms() / 1000, requests_per_minute=6000)
        ids = writer.register([provider.source])
        return await ProviderPolling(provider, writer, ids[provider.source.name], clock).poll()
