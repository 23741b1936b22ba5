"""Rows as a Parquet file, one row group after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from calls.exports.cells import Column, Value, ValueKind

if TYPE_CHECKING:
    from arro3.core import Array, DataType, RecordBatch, Schema

Row = Sequence[Value]
GROUP_ROWS = 32_768
COMPRESSION = "zstd(3)"


def write_parquet(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], *, raw: bool) -> None:
    """Typed columns, every one of them nullable: 64-bit numbers, instants in UTC and local times to the millisecond.

    At most one row group is in memory. Text is stored as it is, because nothing reads it as a formula: `raw` changes nothing.
    """
    from arro3.core import Field, RecordBatchReader, Schema
    from arro3.io import write_parquet as write

    schema = Schema([Field(column.name, _type(column.kind), nullable=True) for column in columns])
    batches = _Batches(columns, rows, schema)
    try:
        write(
            RecordBatchReader.from_batches(schema, iter(batches)),
            out,
            compression=COMPRESSION,
            max_row_group_size=GROUP_ROWS,
            created_by="calltop",
        )
    except Exception:
        # The library tells only the text of what went wrong while rows were read.
        if batches.failure is not None:
            raise batches.failure from None
        raise
    if batches.failure is not None:
        raise batches.failure


class _Batches:
    """Rows in groups. `failure` is what ended them too early."""

    def __init__(self, columns: Sequence[Column], rows: Iterable[Row], schema: Schema) -> None:
        self.failure: BaseException | None = None
        self._columns = columns
        self._rows = iter(rows)
        self._schema = schema

    def __iter__(self) -> Iterator[RecordBatch]:
        try:
            while (batch := self._next()) is not None:
                yield batch
        except GeneratorExit:
            raise
        except BaseException as error:
            self.failure = error
            raise

    def _next(self) -> RecordBatch | None:
        from arro3.core import RecordBatch

        group = list(islice(self._rows, GROUP_ROWS))
        if not group:
            return None
        values = zip(*group, strict=True)
        arrays = [_array(column.kind, list(each)) for column, each in zip(self._columns, values, strict=True)]
        return RecordBatch(arrays, schema=self._schema)


def _type(kind: ValueKind) -> DataType:
    from arro3.core import DataType

    match kind:
        case ValueKind.TEXT:
            return DataType.utf8()
        case ValueKind.NUMBER:
            return DataType.float64()
        case ValueKind.FLAG:
            return DataType.bool()
        case ValueKind.INSTANT:
            return DataType.timestamp("ms", tz="UTC")
        case ValueKind.LOCAL:
            return DataType.timestamp("ms")
    return DataType.int64()


def _array(kind: ValueKind, values: list[Value]) -> Array:
    from arro3.core import Array, DataType

    if kind in (ValueKind.INSTANT, ValueKind.LOCAL):
        return Array(values, type=DataType.int64()).cast(_type(kind))
    if kind is ValueKind.NUMBER:
        return Array([None if value is None else float(value) for value in values], type=DataType.float64())
    return Array(values, type=_type(kind))
