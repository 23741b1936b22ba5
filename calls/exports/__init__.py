"""What the cache shows, as data for other programs and spreadsheets: JSON lines, CSV, Parquet, XLSX.

Rows come from an iterator and leave at once, so that a million of them need no more memory than a thousand.
"""

from calls.exports.cells import Column, Value, ValueKind, json_value, spreadsheet_cell
from calls.exports.columns import ALL_COLUMNS, COLUMNS, call_json, call_rows, call_table_columns
from calls.exports.formats import (
    FORMATS,
    MissingLibrary,
    UnknownFormat,
    check_format,
    format_named,
    write_file,
    write_stream,
)

__all__ = [
    "ALL_COLUMNS",
    "COLUMNS",
    "FORMATS",
    "Column",
    "MissingLibrary",
    "UnknownFormat",
    "Value",
    "ValueKind",
    "call_json",
    "call_rows",
    "call_table_columns",
    "check_format",
    "format_named",
    "json_value",
    "spreadsheet_cell",
    "write_file",
    "write_stream",
]
