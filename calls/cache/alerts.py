"""How the alerts stand, kept in the cache: every window shows the same, and each thing is told by one process."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from calls.alerts import Course, Look, Phase, Rule, Saying, advance, sentence
from calls.cache.records import storable

# Whoever comes sooner than this after another process's look finds the work done.
LOOKED_RECENTLY_MS = 10_000
# A rule that nobody has looked at for so long is in nobody's configuration any more.
FORGOTTEN_AFTER_MS = 15 * 60_000


def due(connection: sqlite3.Connection, rules: Sequence[Rule], now_ms: int) -> list[Rule]:
    """The rules that no process has looked at a moment ago. A clock set back makes all of them due."""
    looked = dict(connection.execute("SELECT name, looked_ms FROM alert").fetchall())
    return [rule for rule in rules if not 0 <= now_ms - looked.get(rule.name, 0) < LOOKED_RECENTLY_MS]


def advance_all(connection: sqlite3.Connection, looks: Sequence[Look], now_ms: int) -> list[Saying]:
    """Moves the course of each rule on by what a look gave, and returns what this process is to tell. Call it within a
    transaction, so that what is told is noted by one process."""
    sayings: list[Saying] = []
    still_due = due(connection, [look.rule for look in looks], now_ms)
    for look in looks:
        if look.rule not in still_due:
            continue
        course, told = _course(connection, look.rule.name)
        course, saying = advance(look.rule, course, look.reading, now_ms, quiet=look.quiet)
        _keep(connection, look.rule, course, told + (saying is not None))
        sayings += [saying] if saying is not None else []
    connection.execute("DELETE FROM alert WHERE looked_ms < ?", (now_ms - FORGOTTEN_AFTER_MS,))
    return sayings


def forget_all(connection: sqlite3.Connection) -> None:
    """Forgets the course of every alert."""
    connection.execute("DELETE FROM alert")


def _course(connection: sqlite3.Connection, name: str) -> tuple[Course, int]:
    row = connection.execute(
        "SELECT phase, since_ms, looked_ms, held_ms, value, detail, said, said_ms, told FROM alert WHERE name = ?", (name,)
    ).fetchone()
    if row is None:
        return Course(), 0
    phase, since_ms, looked_ms, held_ms, value, detail, said, said_ms, told = row
    return Course(Phase(phase), since_ms, looked_ms, held_ms, value, detail, Phase(said), said_ms), told


def _keep(connection: sqlite3.Connection, rule: Rule, course: Course, told: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            rule.name,
            course.phase,
            course.since_ms,
            course.looked_ms,
            course.held_ms,
            course.value,
            storable(course.detail),
            course.said,
            course.said_ms,
            storable(sentence(rule, course)),
            told,
        ),
    )
