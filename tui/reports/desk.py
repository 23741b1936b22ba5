"""The providers of this process's collector as the desk of the Reports screen: they share their sign-ins with the polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from providers.base import Provider
from providers.errors import ProviderError
from providers.portsip import PortsipProvider
from providers.portsip.reports import BadOrder, CompletedReport, Reports
from providers.telecomx import TelecomXProvider
from tui.desk import DeskError, FileRow, OrderRow, Progress, ReportLists, Values
from tui.forms import FormField
from tui.reports.order_form import changes_of, desk_error, order_fields, order_of, values_of
from tui.reports.statement_form import FIELDS as STATEMENT_FIELDS
from tui.reports.statement_form import statement_of

T = TypeVar("T")


class Collecting(Protocol):
    """The collector, as far as the desk needs it: who there is, and a way to ask them in the thread where they live."""

    def providers(self) -> Sequence[Provider]: ...

    def with_provider(self, name: str, work: Callable[[Provider], Coroutine[Any, Any, T]]) -> Future[T]:
        """Raises LookupError when there is no such provider."""
        ...


class CollectorDesk:
    """Asks in the collector's thread, where the providers live."""

    def __init__(self, collector: Collecting) -> None:
        self._collector = collector

    def report_providers(self) -> tuple[str, ...]:
        """The PortSIP providers."""
        return self._of(PortsipProvider)

    def statement_providers(self) -> tuple[str, ...]:
        """The Telecom X providers."""
        return self._of(TelecomXProvider)

    def _of(self, kind: type[Provider]) -> tuple[str, ...]:
        return tuple(provider.source.name for provider in self._collector.providers() if isinstance(provider, kind))

    def order_fields(self, values: Values) -> tuple[FormField, ...]:
        """The fields of a new order."""
        return order_fields(values)

    def statement_fields(self, values: Values) -> tuple[FormField, ...]:
        """The fields of a statement."""
        return STATEMENT_FIELDS

    async def lists(self) -> ReportLists:
        """What is ordered and done at every provider."""
        found = await asyncio.gather(*(self._lists_of(name) for name in self.report_providers()))
        return ReportLists(
            tuple(row for one in found for row in one.orders),
            tuple(row for one in found for row in one.files),
            {name: words for one in found for name, words in one.errors.items()},
        )

    async def _lists_of(self, name: str) -> ReportLists:
        async def ask(reports: Reports) -> ReportLists:
            orders = [
                OrderRow(name, *(one.id, one.name, one.type, one.cron_expr, one.status)) for one in await reports.orders()
            ]
            return ReportLists(tuple(orders), tuple(_file_row(name, one) for one in await reports.completed()))

        try:
            return await self._reports(name, ask)
        except DeskError as error:
            return ReportLists(errors={name: str(error)})

    async def create(self, provider: str, values: Values) -> str:
        """Orders a report; its id."""
        order = order_of(values, self._zone(provider))
        return await self._reports(provider, lambda reports: reports.create(order))

    async def change_fields(self, row: OrderRow) -> Callable[[Values], tuple[FormField, ...]]:
        """The fields of an order as it is now, each with its value."""
        now = values_of(await self._reports(row.provider, lambda reports: reports.order(row.id)))

        def fields(values: Values) -> tuple[FormField, ...]:
            asked = order_fields({**now, **values}, with_type=False)
            return tuple(_filled(field, now.get(field.name, "")) for field in asked)

        return fields

    async def change(self, row: OrderRow, before: Values, values: Values) -> None:
        """Changes what differs."""
        changes = changes_of(row.type, before, values, self._zone(row.provider))
        await self._reports(row.provider, lambda reports: reports.change(row.id, changes))

    async def destroy(self, row: OrderRow | FileRow) -> None:
        """Takes an order back, or removes a file."""

        async def do(reports: Reports) -> None:
            await (reports.destroy(row.id) if isinstance(row, OrderRow) else reports.destroy_completed(row.id))

        await self._reports(row.provider, do)

    async def download(self, row: FileRow, path: Path, progress: Progress) -> int:
        """Saves a file, whole or not at all."""

        async def do(reports: Reports) -> int:
            return await reports.download(await reports.completed_report(row.id), path, progress)

        return await self._reports(row.provider, do)

    async def statement(self, provider: str, values: Values, path: Path) -> int:
        """Saves a statement as received."""
        wanted = statement_of(values, self._zone(provider))

        async def do(known: Provider) -> int:
            assert isinstance(known, TelecomXProvider)
            size, _ = await known.download(wanted, path)
            return size

        return await self._asked(provider, do)

    async def _reports(self, name: str, work: Callable[[Reports], Coroutine[Any, Any, T]]) -> T:
        async def do(provider: Provider) -> T:
            assert isinstance(provider, PortsipProvider)
            return await work(Reports(provider.transport))

        return await self._asked(name, do)

    async def _asked(self, name: str, work: Callable[[Provider], Coroutine[Any, Any, T]]) -> T:
        try:
            return await asyncio.wrap_future(self._collector.with_provider(name, work))
        except BadOrder as error:
            raise desk_error(error) from None
        except (ProviderError, LookupError) as error:
            raise DeskError(f"{name}: {error}") from None
        except OSError as error:
            raise DeskError(
                f"the file cannot be written: {error.strerror}", {"path": error.strerror or "cannot be written"}
            ) from None
        except ValueError as error:
            raise DeskError(str(error)) from None

    def _zone(self, name: str) -> ZoneInfo:
        known = {provider.source.name: provider.source.timezone for provider in self._collector.providers()}
        return ZoneInfo(known.get(name, "UTC"))


def _file_row(provider: str, one: CompletedReport) -> FileRow:
    return FileRow(provider, one.id, one.name, one.type, one.format, one.completed_ms, one.file_name, one.file_size)


def _filled(field: FormField, value: str) -> FormField:
    """A field with an order's own value, which may be newer than the document and then stands among the choices."""
    choices = (value, *field.choices) if field.choices and value and value not in field.choices else field.choices
    return replace(field, value=value or field.value, choices=choices)
