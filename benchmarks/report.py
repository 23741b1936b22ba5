"""The table of a run as a document."""

from __future__ import annotations

import os
import platform
import sqlite3

from benchmarks.budgets import REASONS
from benchmarks.run import Measured, Run

_HEAD = """# What calltop costs

Made by `make bench`. {calls} made-up calls of 92 days at four providers, one of them with three legs a call;
Python {python}, SQLite {sqlite}, {cores} cores. Each engine is asked in turn, so that the columns of one line can
be compared; figures of different runs cannot. Times are medians (least to most) of one process that asks again and
again. Every engine must give the same answer.

| what | budget | calltop | plain SQLite | DuckDB | within budget |
|---|---|---|---|---|---|
"""


def document(run: Run) -> str:
    """The whole document. Budgets are those for a million calls."""
    head = _HEAD.format(
        calls=f"{run.calls:,}".replace(",", " "),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        cores=os.cpu_count(),
    )
    missed = [row for row in run.rows if not row.budget.met(row.spread.median)]
    reasons = [f"- **{row.budget.name}**: {REASONS.get(row.budget.name, 'not yet explained')}." for row in missed]
    why = "\n## Why some are beyond it\n\n" + "\n".join(reasons) + "\n" if reasons else ""
    return head + "".join(_line(row) for row in run.rows) + why


def _line(row: Measured) -> str:
    budget, spread = row.budget, row.spread
    sign = ">=" if budget.at_least else "<="
    ours = _text(spread.median)
    if spread.least != spread.most:
        ours += f" ({_text(spread.least)} to {_text(spread.most)})"
    if row.note:
        ours += f"; {row.note}"
    others = [_other(row, name) for name in ("plain SQLite", "DuckDB")]
    verdict = "yes" if budget.met(spread.median) else "no"
    return f"| {budget.name} | {sign} {_text(budget.most)} {budget.unit} | {ours} | {others[0]} | {others[1]} | {verdict} |\n"


def _other(row: Measured, name: str) -> str:
    value = row.others.get(name)
    if value is None:
        return ""
    return f"{_text(value)} ({value / row.spread.median:.1f} times calltop's)" if row.spread.median else _text(value)


def _text(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
