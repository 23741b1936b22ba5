"""`docs/metrics.md` is made from the metrics."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from calls.metrics import METRICS
from calls.metrics.document import page
from calls.metrics.metric import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


def test_the_page_is_as_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m calls.metrics.document > docs/metrics.md"


def test_the_command_prints_the_page() -> None:
    done = subprocess.run([sys.executable, "-m", "calls.metrics.document"], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (page(), "")


def test_every_metric_has_its_definition_its_formula_and_a_grade_per_provider() -> None:
    lines = page().splitlines()
    for metric in METRICS.values():
        definition, grades = (line for line in lines if line.startswith(f"| {metric.title} |"))
        for text in (f"`{metric.name}`", metric.definition, f"`{metric.formula}`", metric.unit.value):
            assert text in definition
        cells = grades.strip("| ").split(" | ")[1:]
        assert len(cells) == len(KINDS) + 1
        for kind, cell in zip(KINDS, cells, strict=False):
            assert cell.startswith(metric.grades[kind].grade.word.replace("_", " "))
