"""The filter language: text -> `Filter` -> SQL with bindings, or a test in Python.

`parse` and `try_parse` read it, and `register_functions` gives a connection the functions that the SQL calls. Its vocabulary,
`calls.filters.fields`, is imported when the first filter that is not empty is read.
"""

from calls.filters.conditions import FilterContext, Reach, SqlCondition
from calls.filters.errors import FilterError
from calls.filters.filter import Filter
from calls.filters.patterns import fold, register_functions
from calls.filters.reading import parse, try_parse

__all__ = [
    "Filter",
    "FilterContext",
    "FilterError",
    "Reach",
    "SqlCondition",
    "fold",
    "parse",
    "register_functions",
    "try_parse",
]
