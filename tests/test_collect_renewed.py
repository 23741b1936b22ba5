"""A running `calltop collect` follows its configuration: a broken edit changes nothing, a new provider is polled."""

from __future__ import annotations

import json
from pathlib import Path

from tests.simulated import simulated_site


def test_a_running_collector_follows_its_configuration(tmp_path: Path) -> None:
    with simulated_site(tmp_path, "--days", "0") as (site, _):
        path = tmp_path / "config.toml"
        whole = path.read_text(encoding="utf-8")
        first = whole.partition("[providers.dstny]")[0]
        path.write_text(first, encoding="utf-8")
        process = site.start("collect", "--json")
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            assert json.loads(process.stdout.readline())["provider"] == "soluno"
            path.write_text(first + "[providers.d\n", encoding="utf-8")
            assert "the changed configuration is not used: " in process.stderr.readline()
            assert process.poll() is None
            path.write_text(whole, encoding="utf-8")
            assert "polled from now on" in process.stderr.readline()
            polled = {json.loads(process.stdout.readline())["provider"] for _ in range(4)}
            assert polled == {"dstny", "telecomx", "portsip", "while1"}
        finally:
            process.terminate()
            process.communicate(timeout=20)
        assert process.returncode == 0
