"""Alerts from configuration to receiver: `calltop collect` over simulated providers tells a real webhook, once per cache."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.simulated import simulated_site

SECRET = "T0PSECRET"
RULES = """
[alerts.calls]
metric = "offered"
comparison = ">="
threshold = 1
filter = "since:-2d"
for_minutes = 0
sinks = ["screen", "webhook"]
webhook_url = "http://127.0.0.1:{port}/hooks/{secret}"

[alerts.quiet]
metric = "providers_down"
comparison = ">"
threshold = 0
"""


@contextmanager
def receiver() -> Iterator[tuple[int, list[dict[str, object]]]]:
    """A webhook's other end on this machine: its port, and what it got."""
    got: list[dict[str, object]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, got
    finally:
        server.shutdown()
        server.server_close()


def test_collect_tells_the_webhook_once_and_no_output_holds_its_address(tmp_path: Path) -> None:
    with simulated_site(tmp_path, "--days", "1", "--calls-per-day", "100") as (site, _), receiver() as (port, got):
        config = tmp_path / "config.toml"
        config.write_text(config.read_text(encoding="utf-8") + RULES.format(port=port, secret=SECRET), encoding="utf-8")
        first = site.run("collect", "--once")
        assert first.returncode == 0, first.stderr
        assert [(body["alert"], body["state"]) for body in got] == [("calls", "firing")]
        second = site.run("collect", "--once")
        assert len(got) == 1
        shown = site.run("config", "show")
        status = site.run("status")
        for done in (first, second, shown, status):
            assert SECRET not in done.stdout + done.stderr
        assert ": calls, offered calls" in status.stdout
        (told,) = site.objects("status", "--format", "json")
        assert [alarm["alert"] for alarm in told["alarms"]] == ["calls"]
        assert SECRET.encode() not in site.cache.read_bytes()
