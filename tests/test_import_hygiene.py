"""Headless commands answer without the screen, and reading the cache without the network: proved in fresh processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_REPORT = """
import sys
from tui.cli import main
try:
    code = main({arguments!r})
except SystemExit as end:
    code = end.code
print("MODULES", *[name for name in {watched!r} if name in sys.modules], file=sys.stderr)
"""
SCREEN = ["textual", "rich"]
SEEN_LATER = ["argparse", "calls.alerts", "calls.cache.writer", "calls.exports", "calls.filters.fields"]
SEEN_LATER += ["calls.metrics.typical", "tui.completing", "tui.desk", "tui.forms"]
NETWORK = ["httpx", "pydantic", "stamina", "uvicorn"]


def imported(arguments: list[str], watched: list[str], home: Path) -> list[str]:
    """Which of the watched packages a command has imported when it ends."""
    script = _REPORT.format(arguments=arguments, watched=watched)
    environment = os.environ | {"CALLTOP_CONFIG": str(home / "config.toml"), "CALLTOP_CACHE": str(home / "calltop.db")}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    return next(line for line in done.stderr.splitlines() if line.startswith("MODULES")).split()[1:]


HEADLESS = [
    "calls",
    "stats",
    "missed",
    "status",
    "sql",
    "collect",
    "backfill",
    "plan",
    "ask",
    "reports",
    "statement",
    "config",
    "completion",
    "--help",
]


@pytest.mark.parametrize("command", HEADLESS)
def test_headless_commands_never_import_the_screen(command: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[providers.pbx]\nkind = "while1"\nbase_url = "http://127.0.0.1:9"\ntoken = "t"\n', encoding="utf-8"
    )
    arguments = {
        "collect": ["collect", "--once"],
        "backfill": ["backfill", "--since", "1d", "--no-pacing"],
        "plan": ["plan", "status:missed"],
        "ask": ["ask", "since:-1h"],
        "reports": ["reports", "list"],
        "sql": ["sql", "SELECT 1"],
        "completion": ["completion", "fish"],
        "config": ["config", "show"],
    }
    assert imported(arguments.get(command, [command]), SCREEN, tmp_path) == []


@pytest.mark.parametrize("command", ["calls", "stats", "missed", "status", "--help"])
def test_reading_the_cache_needs_no_network(command: str, tmp_path: Path) -> None:
    assert imported([command], NETWORK, tmp_path) == []


def test_nothing_warns_at_import() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-m", "tui", "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_frame_waits_for_no_network_and_no_other_screen() -> None:
    code = (
        "import sys, tui.commands.interface, tui.app, tui.ahead, tui.marking, tui.polling, tui.screens.live, calls.cache.live;"
        f"assert not {{*{NETWORK + SEEN_LATER}}} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


LATE = ["asyncio", "csv", "json", "logging", "platformdirs", "tomllib", "tui.actions", "tui.past"]


def test_calls_are_printed_without_the_libraries_that_others_need(tmp_path: Path) -> None:
    assert imported(["calls"], LATE, tmp_path) == []
