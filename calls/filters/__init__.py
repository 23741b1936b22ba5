"""The filter language: text -> `Filter` -> SQL with bindings, or a test in Python.

`parse` and `try_parse` read it, `FIELDS` is its vocabulary, `search_text` makes the text that free words are compared
with, and `register_functions` gives a connection the functions that the SQL calls.
"""

from calls.filters.conditions import FilterContext, Reach, SqlCondition
from calls.filters.errors import FilterError
from calls.filters.fields import FIELDS, TIME_FIELDS, Field
from calls.filters.nodes import AllOf, AnyOf, Clause, Filter, Node, Not
from calls.filters.numbers import search_text
from calls.filters.parser import parse, try_parse
from calls.filters.patterns import fold, register_functions

__all__ = [
    "FIELDS",
    "TIME_FIELDS",
    "AllOf",
    "AnyOf",
    "Clause",
    "Field",
    "Filter",
    "FilterContext",
    "FilterError",
    "Node",
    "Not",
    "Reach",
    "SqlCondition",
    "fold",
    "parse",
    "register_functions",
    "search_text",
    "try_parse",
]
