"""What every test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import stamina
from hypothesis import settings

# More of them where there is time: CALLTOP_HEAVY_EXAMPLES=1000 make test.
settings.register_profile("suite", max_examples=int(os.environ.get("CALLTOP_HEAVY_EXAMPLES", "40")), deadline=None)
settings.load_profile("suite")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True, scope="session")
def _no_loss_of_power() -> Iterator[None]:
    """Caches of the tests wait for no disk; a process that is killed loses nothing all the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("calls.cache.database.SYNCHRONOUS", "OFF")
        yield


@pytest.fixture(autouse=True)
def _retries_do_not_wait() -> Iterator[None]:
    """Retries happen as often as in life, without the pauses between them."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of the person who runs the tests: home, colours, theme, configuration, zone."""
    home = tmp_path_factory.mktemp("home")
    for name in ("NO_COLOR", "TEXTUAL_THEME", "CALLTOP_CONFIG", "CALLTOP_CACHE", "COLUMNS", "LINES", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("TZ", "UTC")
