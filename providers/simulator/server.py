"""The simulator over real HTTP, on this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn

from providers.simulator.simulator import Simulator
from providers.simulator.truth_file import TruthFile

HOST = "127.0.0.1"
Application = Callable[[Any, Any, Any], Awaitable[None]]


def _closing(app: Application) -> Application:
    """The application, whose refusals close the connection: the server would answer an error."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except ConnectionRefusedError:
            # The server offers no way to close without an answer; the cycle that sends holds the connection.
            send.__self__.transport.abort()

    return wrapped


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, simulator: Simulator, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            _closing(simulator.app),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self._on_ready = on_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM stop the server and nothing else; in another thread they are left alone."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio sends small answers without delay only on sockets that name it.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise
    return listening


def _base_url(listening: socket.socket) -> str:
    return f"http://{HOST}:{listening.getsockname()[1]}"


def serve(simulator: Simulator, port: int, truth_path: Path | None, on_ready: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM. Port 0 is any free one; `on_ready` gets the base URL once requests are taken.

    With `truth_path` the truth is written there before `on_ready` and kept up to date. Raises OSError when the port is
    taken or the file cannot be written.
    """
    listening = _listen(port)
    with contextlib.closing(listening), contextlib.ExitStack() as stack:
        truth: TruthFile | None = None
        if truth_path is not None:
            truth = stack.enter_context(contextlib.closing(TruthFile(simulator, truth_path)))
            truth.write()
        server = _Server(simulator, lambda: on_ready(_base_url(listening)))
        asyncio.run(_run(server, listening, truth))


async def _run(server: _Server, listening: socket.socket, truth: TruthFile | None) -> None:
    keeping = asyncio.create_task(truth.keep_writing()) if truth is not None else None
    try:
        await server.serve(sockets=[listening])
    finally:
        if keeping is not None:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping


@contextlib.contextmanager
def serve_in_thread(simulator: Simulator) -> Iterator[str]:
    """Serves on a free port in a thread of its own and gives the base URL; stops at the end of the block."""
    listening = _listen(0)
    ready = threading.Event()
    server = _Server(simulator, ready.set)

    def run() -> None:
        try:
            asyncio.run(server.serve(sockets=[listening]))
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="simulator", daemon=True)
    with contextlib.closing(listening):
        thread.start()
        ready.wait()
        try:
            if not server.started:
                raise RuntimeError("the simulated providers did not start")
            yield _base_url(listening)
        finally:
            server.should_exit = True
            thread.join()
