"""The simulator over real HTTP, the growing file of the truth, and the command that starts it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from providers.simulator import credentials
from providers.simulator.cli import add_arguments, run
from providers.simulator.server import serve_in_thread
from providers.simulator.truth_file import TruthFile

from .help import bearer, make_simulator

STARTER = (
    "import argparse, sys; from providers.simulator.cli import add_arguments, run; "
    "parser = argparse.ArgumentParser(); add_arguments(parser); sys.exit(run(parser.parse_args()))"
)


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_the_same_application_answers_over_http() -> None:
    simulator = make_simulator()
    with serve_in_thread(simulator) as base_url, httpx.Client(base_url=base_url, trust_env=False) as client:
        answer = client.get("/dstny/cdr/historik?from=2026-10-26&to=2026-10-26", headers=bearer(credentials.DSTNY_TOKEN))
        assert base_url.startswith("http://127.0.0.1:")
        assert answer.status_code == 200
        assert len(answer.json()) > 10
        assert answer.headers["date"] == "Mon, 26 Oct 2026 11:40:00 GMT"
        assert "server" not in answer.headers
        simulator.set_faults("dstny:reset")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/dstny/cdr/historik?from=2026-10-26&to=2026-10-26", headers=bearer(credentials.DSTNY_TOKEN))


def test_the_truth_file_holds_what_is_visible_and_grows(tmp_path: Path) -> None:
    simulator = make_simulator("2026-10-26T09:00:00Z")
    path = tmp_path / "truth.jsonl"
    path.write_text("old\n")
    file = TruthFile(simulator, path)
    file.write()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [json.loads(line) for line in path.read_text().splitlines()] == simulator.truth()
    simulator.clock.advance(simulator.world.next_visible_ms(simulator.clock.now_ms()) - simulator.clock.now_ms() - 1)
    before = path.read_text()
    file.write()
    assert path.read_text() == before
    simulator.clock.advance(1)
    file.write()
    file.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == simulator.truth()
    assert len(lines) > len(before.splitlines())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--now", "yesterday"], "--now 'yesterday' is no time"),
        (["--days", "-1"], "-1 days of calls"),
        (["--calls-per-day", "0"], "0 calls a day"),
        (["--speed", "-2"], "-2.0 times"),
        (["--port", "70000"], "--port 70000"),
        (["--faults", "soluno:thunder"], "'thunder' is no fault"),
        (["--truth", "/nonexistent/truth.jsonl"], "cannot use /nonexistent/truth.jsonl: No such file"),
        (["--write-config", "/nonexistent/config.toml"], "cannot use /nonexistent/config.toml: No such file"),
    ],
)
def test_options_that_cannot_be_used_end_with_one_line(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments(*words)) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1


def test_a_port_in_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run(arguments("--port", str(taken.getsockname()[1]))) == 2
    assert "Address already in use" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path, ending: signal.Signals) -> None:
    truth, config = tmp_path / "truth.jsonl", tmp_path / "config.toml"
    command = [sys.executable, "-c", STARTER, "--now", "2026-10-26T12:40", "--calls-per-day", "50", "--speed", "0"]
    command += ["--truth", str(truth), "--write-config", str(config)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            settings = tomllib.loads(config.read_text())
            assert stat.S_IMODE(config.stat().st_mode) == 0o600
            base_url = settings["providers"]["dstny"]["base_url"].removesuffix("/dstny")
            assert said == f"calltop simulate: five providers at {base_url}\n"
            lines = [json.loads(line) for line in truth.read_text().splitlines()]
            assert lines == make_simulator("2026-10-26T11:40:00Z", calls_per_day=50).truth()
            answer = httpx.get(f"{base_url}/nowhere", trust_env=False)
            assert answer.headers["date"] == "Mon, 26 Oct 2026 11:40:00 GMT"
        finally:
            process.send_signal(ending)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


def test_a_refused_connection_closes_before_any_answer() -> None:
    simulator = make_simulator(faults="dstny:refused:1")
    with serve_in_thread(simulator) as base_url, httpx.Client(base_url=base_url, trust_env=False) as client:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.get("/dstny/cdr/historik")
        assert client.get("/dstny/cdr/historik").status_code == 401
