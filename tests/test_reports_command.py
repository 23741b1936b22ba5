"""`calltop reports` against the simulated PortSIP over real HTTP."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulated import Site, simulated_site

NEW = ("reports", "create", "--type", "queue_performance", "--name", "weekly", "--email", "a@b.example")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(tmp_path_factory.mktemp("site"), "--days", "1", "--calls-per-day", "100") as (made, _):
        yield made


def test_a_report_from_order_to_file(site: Site, tmp_path: Path) -> None:
    queue = ("--filter", "call_queues=8000")
    asked = site.here(*NEW, *queue)
    assert asked.returncode == 2
    assert "the PBX will make the report 'weekly' and mail it to a@b.example; say so with --yes" in asked.stderr
    created = site.run(*NEW, *queue, "--yes")
    assert created.returncode == 0, created.stderr
    identity = created.stdout.strip()
    [line] = site.told("reports", "list", "--format", "json")
    assert line == {"id": identity, "name": "weekly", "type": "QUEUE_PERFORMANCE", "cron_expr": "", "status": "RUNNING"}
    assert site.here("reports", "update", identity, "--name", "monthly", "--range", "last_month", "--yes").returncode == 0
    [shown] = site.told("reports", "show", identity, "--format", "json")
    assert (shown["name"], shown["range"], shown["filter"]) == ("monthly", "LAST_MONTH", {"call_queues": ["8000"]})
    [done] = site.told("reports", "completed", "--format", "json")
    saved = site.here("reports", "download", done["id"], "-o", str(tmp_path / "report.csv"))
    assert saved.returncode == 0, saved.stderr
    assert (tmp_path / "report.csv").stat().st_size == done["file_size"]
    assert site.here("reports", "destroy", done["id"], "--completed", "--yes").returncode == 0
    assert site.here("reports", "destroy", identity, "--yes").returncode == 0
    assert site.told("reports", "list", "--format", "json") == []


def test_lists_are_sorted_and_kept_in_a_private_file(site: Site, tmp_path: Path) -> None:
    for name in ("first", "second"):
        order = ("--type", "NORMAL", "--name", name, "--email", "a@b.example", "--cron", "0 6 * * 1", "--yes")
        assert site.here("reports", "create", *order).returncode == 0
    lines = site.told("reports", "list", "--format", "json", "--sort", "name desc", "--where", "type eq 'NORMAL'")
    assert [line["name"] for line in lines] == ["second", "first"]
    kept = tmp_path / "list.json"
    assert site.here("reports", "list", "--format", "json", "--search", "sec", "-o", str(kept)).stdout == ""
    assert [json.loads(line)["name"] for line in kept.read_text(encoding="utf-8").splitlines()] == ["second"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for line in lines:
        assert site.here("reports", "destroy", line["id"], "--yes").returncode == 0


def test_an_update_sends_what_is_named_and_says_what_cannot_be(site: Site) -> None:
    edges = ("--range", "custom", "--from", "2026-11-01T00:00:00Z", "--to", "2026-11-02T00:00:00Z")
    identity = site.here(*NEW, "--filter", "call_queues=8000", *edges, "--yes").stdout.strip()
    asked = site.here("reports", "update", identity, "--range", "today")
    assert (asked.returncode, f"of the order {identity} will be changed: range; say so with --yes" in asked.stderr) == (2, True)
    assert site.here("reports", "update", identity, "--range", "today", "--yes").returncode == 0
    [shown] = site.told("reports", "show", identity, "--format", "json")
    assert (shown["range"], shown["started_at"], shown["name"]) == ("TODAY", None, "weekly")
    for arguments, said in (((), "say what to change"), (("--cron", ""), "a schedule cannot be taken away")):
        done = site.here("reports", "update", identity, *arguments, "--yes")
        assert (done.returncode, said in done.stderr) == (2, True)
    [done_report] = site.told("reports", "completed", "--format", "json")
    assert site.told("reports", "show", done_report["id"], "--completed", "--format", "json") == [done_report]
    assert site.here("reports", "download", done_report["id"], "-o", "/none/f").stderr.startswith("calltop: /none/f cannot be")
    assert site.here("reports", "destroy", identity, "--yes").returncode == 0
    assert site.here("reports", "destroy", done_report["id"], "--completed", "--yes").returncode == 0


def test_of_several_pbxs_one_has_to_be_named(tmp_path: Path) -> None:
    table = 'kind = "portsip"\nbase_url = "https://x.example"\nauth = "token_static"\ntoken = "t"\n'
    (tmp_path / "config.toml").write_text(f"[providers.north]\n{table}[providers.south]\n{table}", encoding="utf-8")
    done = Site(tmp_path).run("reports", "list")
    assert (done.returncode, done.stdout) == (2, "")
    assert "say which with --provider: north, south" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("reports", "show", "1"), 3, "look up the id in the list"),
        (("reports", "list", "--sort", "size"), 2, "sort: 'size': write one of id, name"),
        (("reports", "list", "-o", "/none/f"), 2, "there is no folder /none"),
        (("reports", "list", "--provider", "while1"), 2, "while1 is no PortSIP provider here; there are portsip"),
        ((*NEW, "--yes"), 2, "filter.call_queues: name at least one"),
        ((*NEW, "--filter", "call_queues", "--yes"), 2, "write NAME=VALUE"),
        ((*NEW, "--from", "monday", "--yes"), 2, "is no time"),
    ],
)
def test_a_mistake_is_one_line(site: Site, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = site.here(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_a_pbx_there_is_nothing_to_order_from(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[providers.one]\nkind = "while1"\nbase_url = "https://x.example"\ntoken = "t"\n', encoding="utf-8"
    )
    done = Site(tmp_path).run("reports", "list")
    assert done.returncode == 2
    assert "no provider of kind portsip is configured" in done.stderr
