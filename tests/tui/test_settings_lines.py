"""The lines of keys in a TOML file, against texts made by the library that writes them."""

from __future__ import annotations

import tomllib
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.settings.lines import line_of, lines_of

TEXT = '''# a comment = 1
theme = "x" # [no table]
"quo.ted" = """
[not a table]
not_a_key = 1
"""

[providers.head-office] # the office
kind = 'while1'
own = [
  "[x]", # 1
  { a = "}" },
]
user_ids = { Bo = "1", "Åsa = 2" = "2" }
a.b = 3
[[rules]]
x = 1
'''


def test_keys_tables_and_inline_tables_have_their_lines() -> None:
    tomllib.loads(TEXT)
    lines = lines_of(TEXT)
    office = ("providers", "head-office")
    assert lines[("theme",)] == 2
    assert lines[("quo.ted",)] == 3
    assert lines[office] == 8
    assert [lines[(*office, name)] for name in ("kind", "own", "user_ids")] == [9, 10, 14]
    assert lines[(*office, "user_ids", "Åsa = 2")] == 14
    assert lines[(*office, "a", "b")] == 15
    assert lines[("rules", "x")] == 17
    assert not any("not" in part for key in lines for part in key)
    assert line_of((*office, "token"), lines) == 8
    assert line_of(("nothing",), lines) is None


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
values = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12) | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, values, max_size=5))
def test_every_key_stands_where_it_is_said_to(tree: dict[str, Any]) -> None:
    text = tomlkit.dumps(tree)
    shown = text.splitlines()
    for key, line in lines_of(text).items():
        assert any(spelling in shown[line - 1] for spelling in (key[-1], tomlkit.dumps({key[-1]: 0}).partition(" = ")[0]))
    top = {key[0] for key in lines_of(text)}
    assert top == set(tree)
