"""Forgetting a party: its number leaves every record, and later answers of the providers do not bring it back.

In the place of the number stands a token, so that the calls still count and belong together. What is kept of the number is a
keyed hash; the key lies in a file of its own beside the cache, because the numbers there are could all be tried against a
plain hash.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from calls.model import Record, Reject
from calls.text import digits, normalise_number

KEY_BYTES = 32
COMPARED_DIGITS = 9
FEWEST_DIGITS = 4
SURE_DIGITS = 7
# Letters and these signs make a text that is no number, and that is compared as it stands.
_NO_SPELLING = re.compile(r"[A-Za-z*#@]")
# All else may stand between the digits of a number, also as JSON writes it: a tab is a backslash and a t.
_BETWEEN_DIGITS = bytes(set(range(256)) - set(b"0123456789*#@") - {*range(65, 91)} - {*range(97, 123)}) + b"tnrfb"
_NUMBER = re.compile(r"[+(]?\d[\d\s().\-/]{2,}\d")


class KeyMissing(Exception):
    """Erased numbers could come back, because the key that knows them again cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}, which knows erased numbers again, cannot be read ({reason}); nothing is stored without it")


class Erased:
    """The parties that were erased. `token` tells whether a number is one of theirs, and what stands in its place."""

    def __init__(self, key: bytes, digests: frozenset[str]) -> None:
        self._key = key
        self.digests = digests

    def digest(self, number: str, country_code: str) -> str:
        """The keyed hash of a number in its comparable form; "" for a text that is no number."""
        comparable = normalise_number(number, country_code)
        if len(digits(comparable)) < FEWEST_DIGITS:
            return ""
        return hmac.new(self._key, comparable.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def token(self, number: str, country_code: str) -> str:
        """What stands for an erased number, "" for any other."""
        digest = self.digest(number, country_code)
        return f"erased-{digest[:8]}" if digest in self.digests else ""

    def redacted(self, record: Record, country_code: str) -> Record:
        """The record without erased numbers and without the names beside them; the same record where it holds none."""
        if not self.digests:
            return record
        hit = {name for name, value in record.payload.items() if any(self._in(text, country_code) for text in _texts(value))}
        found: dict[str, str] = {}
        for text in (*_texts(record.payload), record.key, record.group, record.link):
            found |= self._in(text, country_code)
        if not found:
            return record

        def within(text: str) -> str:
            for spelling, token in sorted(found.items(), key=lambda item: -len(item[0])):
                text = text.replace(spelling, token)
            return text

        def whole(text: str) -> str:
            # What stands beside a number in one text, such as a name, is about the same person.
            return next(iter(self._in(text, country_code).values()), text)

        payload = {name: "" if _names_a_party(name, hit) else _changed(value, whole) for name, value in record.payload.items()}
        return record._replace(key=within(record.key), group=within(record.group), link=within(record.link), payload=payload)

    def holds(self, text: str, country_code: str) -> bool:
        """Whether a text holds an erased number."""
        return bool(self._in(text, country_code))

    def _in(self, text: str, country_code: str) -> dict[str, str]:
        """The spellings of erased numbers in a text, each with its token."""
        found: dict[str, str] = {}
        for spelling in {text.strip(), *(match.group() for match in _NUMBER.finditer(text))}:
            if token := self.token(spelling, country_code):
                found[spelling] = token
                # A form in which callers are compared, such as the last nine digits, may stand in a link.
                found |= dict.fromkeys(_forms(spelling, country_code), token)
        return found


def may_hold(number: str) -> Callable[[bytes], bool]:
    """Tells whether stored text may hold some spelling of a number: quickly, and "yes" where it cannot be sure.

    Every spelling ends with the same digits, whatever stands between them.
    """
    last = digits(number)[-SURE_DIGITS:].encode()
    if not last or _NO_SPELLING.search(number):
        return lambda text: True
    return lambda text: last in text.translate(None, _BETWEEN_DIGITS) or b"\\u" in text


def _names_a_party(name: str, parties: set[str]) -> bool:
    """Whether a field holds the name that belongs to a field with a number: `caller_..._name` beside `caller`."""
    return "name" in name.lower() and any(name.startswith(party) and name != party for party in parties)


def _forms(number: str, country_code: str) -> Iterator[str]:
    comparable = normalise_number(number, country_code)
    bare = digits(comparable)
    yield comparable
    yield bare
    if len(bare) >= COMPARED_DIGITS:
        yield bare[-COMPARED_DIGITS:]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _changed(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _changed(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(inner, change) for inner in value]
    return value


def key_path(cache: Path) -> Path:
    """The file of the key that belongs to a cache."""
    return cache.with_name(f"{cache.name}.key")


def read(connection: sqlite3.Connection, cache: Path) -> Erased:
    """The parties erased from a cache. Raises `KeyMissing` when there are some and the key cannot be read."""
    digests = frozenset(row[0] for row in connection.execute("SELECT digest FROM erased_party"))
    if not digests:
        return Erased(b"", digests)
    try:
        return Erased(key_path(cache).read_bytes(), digests)
    except OSError as error:
        raise KeyMissing(key_path(cache), error.strerror or "") from None


def remember(connection: sqlite3.Connection, cache: Path, numbers: Mapping[str, str], erased_ms: int) -> Erased:
    """Notes numbers, each with the country code by which it is read, as erased from now on."""
    path = key_path(cache)
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
    maker = Erased(path.read_bytes(), frozenset())
    found = {maker.digest(number, country_code) for country_code, number in numbers.items()} - {""}
    connection.executemany("INSERT INTO erased_party VALUES (?, ?) ON CONFLICT DO NOTHING", [(one, erased_ms) for one in found])
    return read(connection, cache)


def forget_rejects(connection: sqlite3.Connection, source_id: int, erased: Erased, country_code: str) -> None:
    """Removes unreadable rows that hold an erased number."""
    rows = connection.execute("SELECT id, payload FROM quarantine WHERE source_id = ?", (source_id,)).fetchall()
    gone = [(known,) for known, payload in rows if erased.holds(payload, country_code)]
    connection.executemany("DELETE FROM quarantine WHERE id = ?", gone)


def kept_rejects(rejects: tuple[Reject, ...], erased: Erased, country_code: str) -> tuple[Reject, ...]:
    """The unreadable rows that hold no erased number."""
    return tuple(reject for reject in rejects if not (erased.digests and erased.holds(reject.payload, country_code)))
