"""Everything about one call: its facts, its legs over time, what is doubtful, the rows it came from and how they changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from calls.cache.recorded import Revision, StoredRecord
from calls.model import Call, Status
from tui.lines.calls import OUTCOME_ROLES
from tui.lines.line import Line, Role, Span, crop_spans, gap, left, wrap
from tui.lines.timeline import legend, timeline_lines
from tui.lines.view import View
from tui.lines.words import counted, day_words, duration_words, exact_words, number_words, time_words

TWO_COLUMNS_FROM = 76
_LABEL_WIDTH, _NAME_WIDTH = 10, 22
_DOUBT_ROWS, _EMPTY_ROWS = 4, 3
Fact = tuple[str, str]


def call_facts(call: Call, records: Sequence[StoredRecord] | None, width: int, view: View) -> list[Line]:
    """The whole of it in lines of at most `width` cells. `records` is None while they are being read."""
    lines = [_headline(call, width, view)]
    lines += _doubt(call, width, view)
    lines.append(Line())
    lines += _fact_lines(_who(call), _when(call, view), width, view)
    if bars := timeline_lines(call, width, view):
        legs = counted(len(call.legs), "leg") if call.legs else "from beginning to end"
        lines += [Line(), _heading(legs, legend(view), width, view), *bars]
    lines += [Line(), *(_fact(fact, width, view) for fact in _more(call))]
    lines += _record_lines(records, width, view)
    return lines


def _headline(call: Call, width: int, view: View) -> Line:
    role = OUTCOME_ROLES[call.status]
    spans = (
        Span(f"{view.symbols.outcome(call.status)} {call.status.value}", role),
        Span(f"  {call.direction.value}", Role.TEXT),
        Span(f"  {day_words(call.started_ms, view.zone)} {exact_words(call.started_ms, view.zone)}", Role.STRONG),
        Span(f"  {call.provider}", Role.DIM),
    )
    return Line(crop_spans(spans, width, view.symbols.mark))


def _doubt(call: Call, width: int, view: View) -> Iterator[Line]:
    if call.approximate:
        words = f"{view.symbols.approximate} {call.doubt or 'approximate'}"
        yield from (Line((Span(row, Role.LATE),)) for row in wrap(words, width, _DOUBT_ROWS, view.symbols.mark))


def _who(call: Call) -> list[Fact]:
    caller = " ".join(part for part in (call.caller_name, number_words(call.caller)) if part) or "withheld"
    callee = " ".join(part for part in (call.callee_name, number_words(call.callee)) if part) or "unknown"
    return _known(("from", caller), ("to", callee), ("queue", call.queue), ("employee", call.employee))


def _more(call: Call) -> list[Fact]:
    kept = (("recording", call.has_recording), ("transcription", call.has_transcription), ("monitor", call.has_monitor))
    return _known(
        ("project", call.project),
        ("route", call.route),
        ("trunk", call.trunk),
        ("there is", ", ".join(word for word, there in kept if there)),
        ("external", call.external),
        ("linked", "" if call.linked == call.id else call.linked),
        ("id", call.id),
    )


def _when(call: Call, view: View) -> list[Fact]:
    def clock(instant_ms: int | None) -> str:
        return "" if instant_ms is None else exact_words(instant_ms, view.zone)

    def length(duration_ms: int | None) -> str:
        return "" if duration_ms is None else duration_words(duration_ms)

    return _known(
        ("began", clock(call.started_ms)),
        ("rang", clock(call.ringing_ms)),
        ("answered", clock(call.answered_ms)),
        ("ended", clock(call.ended_ms) or "no end is known"),
        ("waited", length(call.wait_ms)),
        ("ringing", length(call.ring_ms)),
        ("talked", length(call.talk_ms) if call.status is Status.ANSWERED else ""),
    )


def _known(*facts: Fact) -> list[Fact]:
    return [fact for fact in facts if fact[1]]


def _fact_lines(who: list[Fact], when: list[Fact], width: int, view: View) -> Iterator[Line]:
    if width < TWO_COLUMNS_FROM:
        yield from (_fact(fact, width, view) for fact in [*who, *when])
        return
    half = width * 3 // 5
    for one, other in zip_longest(who, when):
        start = _fact(one, half - 2, view) if one else Line()
        end = _fact(other, width - half, view).spans if other else ()
        yield Line((*start.spans, gap(half - start.width), *end))


def _fact(fact: Fact, width: int, view: View, label_width: int = _LABEL_WIDTH, role: Role = Role.TEXT) -> Line:
    label, value = fact
    spans = (Span(left(label, label_width, view.symbols.mark) + " ", Role.DIM), Span(value, role))
    return Line(crop_spans(spans, width, view.symbols.mark))


def _heading(title: str, note: str, width: int, view: View) -> Line:
    return Line(crop_spans((Span(title, Role.STRONG), Span(f"  {note}", Role.DIM)), width, view.symbols.mark))


def _record_lines(records: Sequence[StoredRecord] | None, width: int, view: View) -> Iterator[Line]:
    if records is None:
        yield from (Line(), Line((Span("reading what the provider sent", Role.FAINT),)))
    elif not records:
        yield from (Line(), Line((Span("what the provider sent is not kept", Role.DIM),)))
    for place, record in enumerate(records or (), start=1):
        yield Line()
        title = f"record {place} of {len(records or ())}" if len(records or ()) > 1 else "record"
        yield _heading(title, _seen_words(record, view), width, view)
        yield from _state(record, width, view)
        yield from _fields(record, width, view)
        for revision in record.revisions:
            yield from _revision(revision, width, view)


def _seen_words(record: StoredRecord, view: View) -> str:
    def when(instant_ms: int) -> str:
        return time_words(instant_ms, view.now_ms, view.zone)

    changed = f"changed {when(record.changed_ms)}" if record.revisions else "unchanged"
    return f"first seen {when(record.first_seen_ms)}, last {when(record.last_seen_ms)}, {changed}"


def _state(record: StoredRecord, width: int, view: View) -> Iterator[Line]:
    words: list[str] = []
    if record.joined:
        words.append("came under another id; the caller and the time tell that it belongs here")
    if record.superseded:
        words.append("another row took its place: it no longer counts")
    if record.unseen_since_ms is not None:
        words.append(f"the provider has left it out since {time_words(record.unseen_since_ms, view.now_ms, view.zone)}")
    for sentence in words:
        yield from (Line((Span(row, Role.LATE),)) for row in wrap(sentence, width, 2, view.symbols.mark))


def _fields(record: StoredRecord, width: int, view: View) -> Iterator[Line]:
    filled = [field for field in record.fields if field.words]
    name_width = min(_NAME_WIDTH, max((len(field.name) for field in filled), default=0))
    for field in filled:
        role = Role.FAINT if field.hidden else Role.TEXT
        yield _fact((field.name, field.words), width, view, name_width, role)
    empty = [field.name for field in record.fields if not field.words]
    if empty:
        rows = wrap(f"without a value: {', '.join(empty)}", width, _EMPTY_ROWS, view.symbols.mark)
        yield from (Line((Span(row, Role.FAINT),)) for row in rows)


def _revision(revision: Revision, width: int, view: View) -> Iterable[Line]:
    when = time_words(revision.replaced_ms, view.now_ms, view.zone)
    yield _heading(f"changed {when}", f"seen before from {time_words(revision.seen_ms, view.now_ms, view.zone)}", width, view)
    none, arrow = view.symbols.none, view.symbols.arrow
    for change in revision.changes:
        words = f"{change.before or none} {arrow} {change.after or none}"
        yield _fact((change.name, words), width, view, _NAME_WIDTH)
    if not revision.changes:
        yield Line((Span("only its start, its call or its link", Role.DIM),))
