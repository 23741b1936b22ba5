"""The simulated providers in a process of their own, and `calltop` in others."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.cli import main


@dataclass(frozen=True)
class Site:
    """A folder with configuration, cache and truth."""

    folder: Path

    @property
    def cache(self) -> Path:
        return self.folder / "calltop.db"

    def environment(self) -> dict[str, str]:
        return os.environ | {"CALLTOP_CONFIG": str(self.folder / "config.toml"), "CALLTOP_CACHE": str(self.cache)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`calltop` as a running process."""
        return subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`calltop` to its end."""
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def here(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`calltop` to its end in this process, which is quicker."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(["--config", str(self.folder / "config.toml"), "--cache", str(self.cache), *arguments])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        out.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.getvalue())

    def told(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines a command prints in this process. It must end well."""
        done = self.here(*arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def objects(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines a command prints. It must end well."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def truth(self) -> list[dict[str, Any]]:
        """The calls the simulated providers have shown so far."""
        lines = (self.folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@contextmanager
def simulated_site(folder: Path, *options: str) -> Iterator[tuple[Site, subprocess.Popen[str]]]:
    """A site whose providers are served until the end of the block."""
    site = Site(folder)
    process = site.start(
        *("simulate", "--seed", "7", "--calls-per-day", "400", *options),
        *("--truth", str(folder / "truth.jsonl"), "--write-config", str(folder / "config.toml")),
    )
    try:
        assert process.stderr is not None
        ready = process.stderr.readline()
        assert "five providers at" in ready, ready + process.stderr.read()
        yield site, process
    finally:
        process.terminate()
        process.communicate(timeout=20)
