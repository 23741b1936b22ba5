"""Builds the calls, asks every engine, writes the table."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.report import document
from benchmarks.run import measure


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000, help="how many calls (1 000 000)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each question is asked (7)")
    parser.add_argument("--seconds", type=float, default=20, help="how long readers page beside a writer (20)")
    parser.add_argument("-o", "--output", type=Path, help="where the table goes (standard output)")
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="calltop-bench-"))
    try:
        table = document(measure(folder, asked.calls, asked.rounds, asked.seconds))
    finally:
        shutil.rmtree(folder)
    if asked.output is None:
        sys.stdout.write(table)
    else:
        asked.output.write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
