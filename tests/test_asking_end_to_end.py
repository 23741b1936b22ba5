"""A person's filter against five simulated providers over real HTTP: the plan, the answer on an empty cache, the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulated import Site, simulated_site
from tui.config import load

FILTERS = [
    "direction:in status:missed since:yesterday",
    "status:answered duration:>60s on:yesterday",
    "-direction:in since:2026-10-24",
    "hour:9..11 (direction:out or has:recording)",
    "number:+46* -status:answered",
    "provider:portsip,while1 wait:>10s",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    # The providers' clock stands still, so that what is asked for first and last is the same.
    options = ("--now", "2026-10-26T12:00", "--days", "3", "--calls-per-day", "250", "--speed", "0")
    with simulated_site(folder, *options) as (made, _):
        yield made


@pytest.fixture(scope="module")
def whole(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same providers, and a cache with all that they have."""
    made = Site(tmp_path_factory.mktemp("whole"))
    (made.folder / "config.toml").write_bytes((site.folder / "config.toml").read_bytes())
    (made.folder / "config.toml").chmod(0o600)
    assert made.here("collect", "--once").returncode == 0
    assert made.here("backfill", "--no-pacing", "--since", "6d").returncode == 0
    return made


def emptied(site: Site) -> None:
    for path in site.folder.glob("calltop.db*"):
        path.unlink()


@pytest.mark.parametrize("text", FILTERS)
def test_asking_on_an_empty_cache_finds_what_a_full_cache_finds(site: Site, whole: Site, text: str) -> None:
    emptied(site)
    plans = {plan["provider"]: plan for plan in site.told("plan", text, "--format", "json")}
    asked = site.told("ask", text, "--format", "json")
    known = whole.objects("calls", text, "--format", "json")
    able = {name for name, plan in plans.items() if not any(clause["how"] == "impossible" for clause in plan["clauses"])}

    def lines(calls: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {f"{call['provider']} {call['id']}": call for call in calls if call["provider"] in able}

    assert lines(asked) == lines(known)
    assert lines(asked)


def test_the_plan_shows_each_clause_and_the_requests_without_credentials(site: Site) -> None:
    plans = site.told("plan", "status:missed -number:+4672* since:today", "--format", "json")
    assert [plan["provider"] for plan in plans] == ["soluno", "dstny", "telecomx", "portsip", "while1"]
    for plan in plans:
        assert [clause["clause"] for clause in plan["clauses"]] == ["status:missed", "-number:+4672*", "since:today"]
        assert all(clause["how"] in ("sent", "narrowed", "local", "impossible") for clause in plan["clauses"])
    telecomx = plans[2]
    assert telecomx["requests"] == []
    assert telecomx["clauses"][1]["why"] == "Telecom X knows employees, not numbers"
    secrets = [
        value.get_secret_value()
        for settings in load(site.folder / "config.toml").providers.values()
        for _, value in settings
        if hasattr(value, "get_secret_value")
    ]
    assert secrets
    assert not [secret for secret in secrets if secret in json.dumps(plans)]
    shown = site.here("plan", "status:missed since:today")
    assert shown.returncode == 0
    assert "telecomx: not asked: " in shown.stdout
    assert "  GET /cdr/historik?from=2026-10-26" in shown.stdout


def test_what_nobody_can_answer_is_said(site: Site) -> None:
    done = site.here("ask", "trunk:gsm1", "--provider", "while1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "While1's records do not tell the line to the outside" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask",), "ask needs a filter"),
        (("ask", "status:mised"), "column 8"),
        (("plan", "status:missed", "--provider", "nobody"), "nobody is not configured"),
    ],
)
def test_a_question_that_cannot_be_read_is_one_line(site: Site, arguments: tuple[str, ...], said: str) -> None:
    done = site.here(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_provider_that_fails_leaves_the_others_their_answer(tmp_path: Path) -> None:
    options = ("--now", "2026-10-26T12:00", "--days", "1", "--calls-per-day", "120", "--faults", "while1:503")
    with simulated_site(tmp_path, *options) as (site, _):
        done = site.here("ask", "since:yesterday", "--format", "json")
        assert done.returncode == 3
        assert "while1: POST /while1/api/cdr: the provider answered 503" in done.stderr
        assert {json.loads(line)["provider"] for line in done.stdout.splitlines()} == {"soluno", "dstny", "portsip"}


def test_totals_that_leave_calls_out_are_shown_and_not_stored(site: Site) -> None:
    emptied(site)
    asked = site.here("ask", "direction:in since:yesterday", "--provider", "telecomx", "--format", "json")
    assert (asked.returncode, asked.stdout) == (0, "")
    assert "telecomx: these totals leave calls out, so they are shown and not stored" in asked.stderr
    assert "employee" in asked.stderr


def test_a_statement_is_shown_with_the_vendors_own_parameters_and_saved_as_a_file(site: Site, tmp_path: Path) -> None:
    whole = site.told("statement", "--since", "2026-10-23", "--format", "json")
    inbound = site.told("statement", "--since", "2026-10-23", "--direction", "IN", "--ignore-local", "--format", "json")
    assert whole
    assert {row["extension_number"] for row in inbound} <= {row["extension_number"] for row in whole}
    assert sum(row["inbound_calls"] for row in inbound) <= sum(row["inbound_calls"] for row in whole)
    some = whole[0]["employee_id"]
    one = site.told("statement", "--since", "2026-10-23", "--employee", some, "--format", "json")
    assert one == [row for row in whole if row["employee_id"] == some]
    for kind, name in (("csv", "s.csv"), ("excel", "s.xlsx")):
        done = site.here("statement", "--since", "2026-10-23", "--format", kind, "-o", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        assert f"{(tmp_path / name).stat().st_size} bytes with {len(whole)} periods" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--grouping", "HOUR", "--since", "2026-10-20", "--until", "2026-10-23"), "one local day"),
        (("--format", "csv"), "name the file with -o"),
        (("--since", "monday"), "is no day"),
        (("--fields", "names"), "is no field"),
        (("--provider", "while1"), "no provider of kind telecomx"),
    ],
)
def test_a_statement_that_cannot_be_asked_for_is_one_line(site: Site, arguments: tuple[str, ...], said: str) -> None:
    done = site.here("statement", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
