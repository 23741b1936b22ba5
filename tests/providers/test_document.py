"""`docs/providers.md` is made from the code, and says what the providers' plans and the metrics say."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from calls.filters import parse
from calls.filters.fields import FIELDS
from calls.metrics import METRICS
from providers.document import SAMPLES, clauses, code, escaped, fields, metrics, page, provider_of, reading
from providers.plan import How
from providers.registry import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"
made = cache(page)


def test_the_page_is_as_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == made(), "run: python -m providers.document > docs/providers.md"


def test_the_command_prints_the_page() -> None:
    printed = subprocess.run([sys.executable, "-m", "providers.document"], capture_output=True, text=True, check=True)
    assert printed.stdout == made()
    assert printed.stderr == ""


def test_every_field_and_every_value_of_a_closed_field_is_shown() -> None:
    assert [name for name, *_ in fields()][1:] == [f"`{name}`" for name in FIELDS]
    assert set(SAMPLES) - {""} <= set(FIELDS)
    for field in FIELDS.values():
        shown = list(clauses(field))
        assert len(shown) == len(set(shown)) > 1
        if field.closed:
            assert {f"{field.name}:{value}" for value in field.values} <= set(shown)
        assert sum(clause.startswith("-") for clause in shown) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_clause_has_a_reading_with_parameters_or_a_reason(kind: str) -> None:
    provider = provider_of(kind)
    for _, _, some in fields():
        for clause in some:
            found, requests = reading(provider, clause)
            assert found.clause == parse(clause.replace("{name}", kind)).text
            assert found.why or found.how is How.SENT
            assert found.how is How.LOCAL or bool(found.sent) is (found.how in (How.SENT, How.NARROWED)), (kind, clause)
            assert requests == () or found.how is not How.IMPOSSIBLE
            assert not found.why.endswith(".")
            assert "secret" not in "".join(request.text for request in requests)


def test_every_metric_has_a_grade_for_every_kind() -> None:
    lines = list(metrics())
    for metric in METRICS.values():
        [line] = [line for line in lines if f"(`{metric.name}`)" in line]
        assert line.count(" | ") == len(KINDS)


def test_no_text_can_end_a_cell() -> None:
    assert code("a|b\nc") == "`a\\|b c`"
    assert code("a`b") == "``a`b``"
    assert escaped("a | b") == "a \\| b"
