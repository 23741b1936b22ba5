"""The settings of a command: its flags over the environment, over the configuration file, over the defaults."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.paths import config_path, read_config
from tui.settings.early import EarlySettings, NotPlain, early_settings
from tui.settings.layers import Layers, layered

if TYPE_CHECKING:
    import argparse


def layers_of(args: argparse.Namespace) -> Layers:
    """What was given for a command. Raises `UsageError` when the configuration file cannot be read."""
    path = config_path(args.config)
    return layered(path, read_config(path), os.environ, flags_of(args))


def flags_of(args: argparse.Namespace) -> dict[str, object]:
    """The flags of a command that are settings too; None where one was not given."""
    return {"cache": args.cache, "ascii": getattr(args, "ascii", False) or None}


def early_settings_of(layers: Layers) -> EarlySettings:
    """The settings that can be had without the model of all settings, or by way of it. Raises `UsageError`."""
    try:
        return early_settings(layers)
    except NotPlain:
        from tui.config import checked

        return checked(layers)
