"""Rows of a list become a page of records, with what cannot be read set aside and what is new told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from calls.model import Record, Reject
from calls.text import clean
from providers.base import Page
from providers.portsip.notices import unfamiliar_texts
from providers.portsip.rows import LONGEST_REJECT, Row, content_of, read_row, unfamiliar

SESSION_KEY, LEG_KEY = "cdr:", "log:"

log = logging.getLogger(__name__)


class PageReader:
    """Reads the rows of one provider. `told` are the notices given since `begin`, each once."""

    def __init__(self, name: str, keeps_user_data: bool) -> None:
        self._name = name
        self._keeps_user_data = keeps_user_data
        self._logged: set[str] = set()
        self._unfamiliar: set[str] = set()
        self._told: set[str] = set()

    def begin(self) -> None:
        """A new reading begins, in which each notice is given again."""
        self._told.clear()
        self._unfamiliar.clear()

    def page(
        self, rows: Sequence[Any], key: str, wanted: Callable[[Row], bool], notices: Sequence[str] = ()
    ) -> tuple[Page, list[Row]]:
        """The records of those rows that are wanted, and the same rows read. `key` tells sessions from legs."""
        records: list[Record] = []
        rejects: list[Reject] = []
        read: list[Row] = []
        for payload in rows:
            try:
                row = read_row(payload, leg=key == LEG_KEY)
            except ValueError as error:
                rejects.append(Reject(clean(content_of(payload), LONGEST_REJECT), clean(str(error))))
                continue
            if not wanted(row):
                continue
            self._unfamiliar |= unfamiliar(payload)
            if not self._keeps_user_data:
                payload = {name: value for name, value in payload.items() if name != "user_data"}
            read.append(row)
            records.append(Record(f"{key}{row.id}", row.session_id or row.id, row.started_ms, payload, row.callee))
        self._log()
        return Page(tuple(records), tuple(rejects), self.news([*notices, *unfamiliar_texts(self._unfamiliar)])), read

    def news(self, notices: Sequence[str]) -> tuple[str, ...]:
        """Those notices that were not given in this reading, which are given now."""
        found = tuple(text for text in dict.fromkeys(notices) if text not in self._told)
        self._told.update(found)
        return found

    def _log(self) -> None:
        news = self._unfamiliar - self._logged
        if news:
            self._logged |= news
            log.warning("%s sends what its document does not name: %s", self._name, ", ".join(sorted(news)))
