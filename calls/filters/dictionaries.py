"""Conditions on the texts of a call, which stand in the cache once each: `word` (queue, employee) and `party` (number, name).

A condition is asked of every distinct text, and the calls are found by an index on what holds.
"""

from __future__ import annotations

from collections.abc import Iterable

from calls.filters.conditions import SqlCondition, any_of


def word_in(column: str, wanted: SqlCondition, *, also_empty: bool = False) -> SqlCondition:
    """True where the column's text is one of the words under a condition on `word`; the empty text has the id 0."""
    # Saying that the text is not empty lets the indexes be used that leave empty texts out.
    known = "" if also_empty else f"c.{column}_word <> 0 AND "
    return SqlCondition(f"{known}c.{column}_word IN (SELECT id FROM word WHERE {wanted.sql})", wanted.params)


def party_in(parties: Iterable[str], wanted: SqlCondition) -> SqlCondition:
    """True where one of these parties ("caller", "callee") is under a condition on `party`."""
    return any_of(
        SqlCondition(f"c.{party}_party IN (SELECT id FROM party WHERE {wanted.sql})", wanted.params) for party in parties
    )
