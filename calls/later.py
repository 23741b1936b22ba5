"""Modules that are imported when something of them is first asked for, so that a command starts without them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module, given by its name. For the type checker the module itself is imported beside it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
