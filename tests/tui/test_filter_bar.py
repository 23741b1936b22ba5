"""The filter bar: typed key by key, half-typed, wrong, hostile, suspended, remembered."""

from __future__ import annotations

import pytest
from textual import events

from calls.filters.fields import FIELDS
from tests.tui.driving import NARROW, SMALL, driven, settle
from tui.lines.words import grouped
from tui.widgets.filter_input import FilterInput

pytestmark = pytest.mark.anyio


async def test_typing_filters_the_panes_before_enter() -> None:
    async with driven() as it:
        total = it.bar.count_text
        assert total.endswith(" calls")
        await it.press("slash")
        await it.type("status:missed")
        await it.until(lambda: "✓" not in it.text("soluno") and "✗" in it.text("soluno"))
        await it.until(lambda: it.bar.count_text.endswith(f" of {total}"))
        assert isinstance(it.app.focused, FilterInput)


async def test_enter_applies_and_goes_back_to_the_pane() -> None:
    async with driven() as it:
        await it.press("tab", "tab", "slash")
        await it.type("status:missed")
        await it.press("enter")
        assert it.app.focused is it.pane("soluno")
        assert it.bar.input.value == "status:missed"
        await it.until(lambda: " of " in it.bar.count_text)
        assert "esc clear filter" in it.footer


async def test_escape_cancels_the_edit_and_then_clears() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter", "slash")
        await it.type(" direction:out")
        await it.press("escape")
        assert it.bar.input.value == "status:missed"
        assert not isinstance(it.app.focused, FilterInput)
        await it.press("escape")
        assert it.bar.input.value == ""
        await it.until(lambda: "✓" in it.text("soluno"))


async def test_a_mistake_is_said_with_its_column_and_the_nearest_spelling_while_the_lists_stay() -> None:
    async with driven() as it:
        before = it.text("soluno")
        await it.press("slash")
        await it.type("status:mised")
        assert "column 8" in it.bar.note_text
        assert "missed" in it.bar.note_text
        assert it.bar.note_text.index("▴") == len(" / status:")
        await settle(it)
        assert it.text("soluno").replace("┃", "│") == before
        await it.press("enter")
        assert isinstance(it.app.focused, FilterInput)
        assert it.bar.input.value == "status:mised"


@pytest.mark.parametrize("text", ["[", "[/]", "[@click=app.exit]x", '"', "(", "-", "number:", "::", "a or", "$var [b]x[/b]"])
async def test_half_typed_and_hostile_text_neither_raises_nor_acts(text: str) -> None:
    async with driven(NARROW) as it:
        await it.press("slash")
        await it.type(text)
        await settle(it)
        assert it.app.is_running
        assert text in it.screen_text()
        await it.press("enter")
        await settle(it)
        assert text in it.screen_text()


async def test_a_word_that_may_become_a_field_does_not_blank_the_lists_on_the_way() -> None:
    async with driven() as it:
        await it.press("slash")
        for character in "status":
            await it.type(character)
            await settle(it)
            assert "no calls match" not in it.text("soluno")
        await it.press("enter")
        await it.until(lambda: "no calls match the filter" in it.text("soluno"))


async def test_what_is_typed_is_text_and_no_action() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("qtp?:rjkgGyh/")
        assert it.bar.input.value == "qtp?:rjkgGyh/"
        assert it.app.is_running
        assert it.app.theme == "calltop-dark"
        assert it.poller.asked == 0
        assert "PAUSED" not in it.header
        assert len(it.app.screen_stack) == 1


async def test_ctrl_f_sets_the_filter_aside_and_takes_it_back() -> None:
    async with driven() as it:
        await it.press("ctrl+f")
        assert it.status == "there is no filter to suspend"
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter", "ctrl+f")
        await it.until(lambda: "✓" in it.text("soluno"))
        assert "suspended" in it.bar.note_text
        assert it.bar.input.value == "status:missed"
        assert " of " not in it.bar.count_text
        await it.press("ctrl+f")
        await it.until(lambda: "✓" not in it.text("soluno"))
        assert "suspended" not in it.bar.note_text


async def test_ctrl_f_works_inside_the_bar() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("status:missed")
        await it.press("ctrl+f")
        await it.until(lambda: "suspended" in it.bar.note_text)
        assert it.bar.input.value == "status:missed"


async def test_up_and_down_walk_through_the_filters_used_before() -> None:
    async with driven() as it:
        for text in ("status:missed", "direction:out", "status:missed"):
            await it.press("slash", "ctrl+u")
            await it.type(text)
            await it.press("enter")
        await it.press("slash", "ctrl+u")
        await it.type("num")
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await it.press(key)
            seen.append(it.bar.input.value)
        assert seen == ["status:missed", "direction:out", "direction:out", "status:missed", "num"]


async def test_a_filter_a_provider_cannot_answer_is_said_in_its_pane() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("number:46*")
        await it.press("enter")
        await it.until(lambda: "Telecom X sends totals" in it.text("telecomx"))
        assert "105" not in it.text("telecomx")
        assert "102 Eva" not in it.text("telecomx")


async def test_an_empty_bar_shows_how_a_filter_is_written() -> None:
    async with driven() as it:
        assert it.bar.note_text == ""
        await it.press("slash")
        assert "direction:in status:missed" in it.bar.note_text


async def test_leaving_by_a_click_keeps_a_right_filter_and_drops_a_wrong_one() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("status:missed")
        await it.pilot.click(it.pane("dstny"))
        await it.until(lambda: it.current is it.pane("dstny"))
        assert it.bar.input.value == "status:missed"
        await it.press("slash")
        await it.type(" status:x")
        await it.pilot.click(it.pane("soluno"))
        await it.until(lambda: it.bar.input.value == "status:missed")


async def test_a_window_that_loses_the_focus_keeps_the_half_typed_text() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("status:mi")
        it.app.app_focus = False
        await it.rest()
        assert it.bar.input.value == "status:mi"
        it.app.app_focus = True
        await it.rest()
        assert it.bar.input.value == "status:mi"


async def test_the_mistake_is_in_sight_on_the_smallest_screen() -> None:
    async with driven(SMALL) as it:
        await it.press("slash")
        await it.type("status:missed direction:in since:today queue:xyz statu:x")
        assert "column" in it.screen_text().splitlines()[2]


async def test_tab_completes_a_field_then_its_values_with_their_number_of_calls() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("queu")
        await it.press("tab")
        assert it.bar.input.value == "queue:"
        await it.until(lambda: "Sales" in it.bar.note_text)
        counts = dict(it.feed.values("queue", ""))
        assert f"Support {grouped(counts['Support'])}" in it.bar.note_text
        await it.press("tab")
        first = max(counts, key=lambda name: counts[name])
        assert it.bar.input.value == f"queue:{first}"
        await it.press("tab")
        assert it.bar.input.value.startswith("queue:")
        assert it.bar.input.value != f"queue:{first}"
        assert isinstance(it.app.focused, FilterInput)
        await it.press("enter")
        await it.until(lambda: " of " in it.bar.count_text)


async def test_the_clause_under_the_cursor_is_explained_while_typing() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("wait:>30s")
        assert it.bar.note_text.strip() == FIELDS["wait"].hint


async def test_half_typed_values_offer_what_fits_and_enter_says_what_is_wrong() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("status:mis")
        assert "missed" in it.bar.note_text
        assert "column" not in it.bar.note_text
        await it.press("enter")
        assert "column 8" in it.bar.note_text
        assert isinstance(it.app.focused, FilterInput)


async def test_an_applied_filter_says_what_each_provider_would_be_asked() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("number:070*")
        await it.press("enter")
        await it.until(lambda: "soluno: all applied here" in it.bar.note_text)
        assert "portsip: all sent" in it.bar.note_text
        assert "telecomx: Telecom X knows employees, not numbers" in it.bar.note_text


async def test_a_range_the_cache_lacks_is_said_and_asking_is_offered() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("on:2026-01-07")
        await it.press("enter")
        await it.until(lambda: "not cached Wed 7 Jan" in it.bar.note_text)
        assert "ctrl+o asks the providers (3 requests)" in it.bar.note_text
        assert "not complete: Wed 7 Jan not cached" in it.text("soluno")
        assert "no calls match" not in it.text("soluno")
        assert "all newest calls, not complete for soluno, dstny" in it.text("all")


async def test_a_provider_that_cannot_answer_is_named_beside_the_merged_list() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("number:070*")
        await it.press("enter")
        await it.until(lambda: "all newest calls, not complete for telecomx" in it.text("all"))


async def test_ctrl_o_asks_shows_progress_and_escape_stops_it() -> None:
    async with driven() as it:
        await it.press("ctrl+o")
        assert it.poller.wanted == []
        assert "type a filter first" in it.status
        await it.press("slash")
        await it.type("status:missed")
        await it.press("ctrl+o")
        assert [wanted.text for wanted in it.poller.wanted] == ["status:missed"]
        assert it.status == "asking soluno, portsip"
        await it.press("enter")
        await it.until(lambda: "portsip 12 new after 1 request" in it.bar.note_text)
        await it.press("escape")
        assert it.status == "asking stopped; what came is kept"
        assert all(each.finished for each in it.poller.progress)
        assert it.bar.input.value == "status:missed"


async def test_a_window_that_only_reads_asks_nobody() -> None:
    async with driven(polls=False) as it:
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter", "ctrl+o")
        assert "only reads the cache" in it.status


async def test_saved_filters_are_on_function_keys_and_in_the_palette() -> None:
    saved = {"missed now": "status:missed since:today", "sales": "queue:Sales"}
    async with driven(saved_filters=saved) as it:
        await it.press("f3")
        assert it.bar.input.value == "queue:Sales"
        await it.until(lambda: it.live.snapshot.matching < it.live.snapshot.total)
        assert " of " in it.bar.count_text
        await it.press("colon")
        await it.type("missed now")
        await it.press("enter")
        assert it.bar.input.value == "status:missed since:today"
        assert it.app.focused is it.current


async def test_what_is_typed_at_once_after_the_slash_is_text() -> None:
    async with driven() as it:
        for key, character in (("slash", "/"), *((letter, letter) for letter in "rptq"), ("colon", ":")):
            it.app.post_message(events.Key(key, character))
        await it.rest()
        assert it.bar.input.value == "rptq:"
        assert isinstance(it.app.focused, FilterInput)
        assert it.on_live
        assert it.poller.asked == 0


async def test_what_is_typed_at_once_after_the_colon_looks_for_an_action() -> None:
    async with driven() as it:
        for key in ("colon", *"theme", "enter"):
            it.app.post_message(events.Key(key, {"colon": ":", "enter": "\r"}.get(key, key)))
        theme = it.app.theme
        await it.until(lambda: it.app.theme != theme)
        assert it.on_live


async def test_slash_and_colon_are_text_in_the_filter() -> None:
    async with driven() as it:
        await it.press("slash")
        for key, character in (("slash", "/"), ("colon", ":"), ("a", "a")):
            it.app.post_message(events.Key(key, character))
        await it.rest()
        assert it.bar.input.value == "/:a"
