"""Builds wheel and sdist, and installs them where nothing else is: on the oldest and the newest Python of this machine.

    python .ci/package.py [FOLDER]

Everything is made in FOLDER (default: a temporary one). Needs hatchling, and pip's usual way to the dependencies; the
installation itself is done without a network, from a folder of wheels, as docs/getting-started.md says. Ends with 1 at the
first thing wrong.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
# What each screen shows, by the key that opens it; the first is there at once.
SCREENS = {
    "": "newest calls of all providers",
    "2": "newest first",
    "3": "Answer rate",
    "4": "tries via",
    "5": "ordered",
    "6": "unreadable",
}
SCREEN_SECONDS = 60
EXTRAS = ("keyring", "parquet", "xlsx")
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")
# Imports whatever the packages hold; a module that warns at import ends it.
IMPORT_ALL = """
import importlib, pkgutil
for package in ("calls", "providers", "tui"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


def main() -> int:
    """Does everything, and says what was done."""
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="calltop-package-"))
    try:
        wheel = build(folder / "dist")
        for python in chosen(pythons()):
            check(python, wheel, folder)
    finally:
        if len(sys.argv) == 1:
            shutil.rmtree(folder)
    return 0


def build(folder: Path) -> Path:
    """The wheel. The one that is made from the sdist holds the same files."""
    run(sys.executable, "-m", "hatchling", "build", "-d", folder)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    again = folder / "from-sdist"
    run(sys.executable, *PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", again, sdist)
    [second] = again.glob("*.whl")
    if names(wheel) != names(second):
        raise SystemExit(f"the sdist makes another wheel: {sorted(names(wheel) ^ names(second))}")
    for needed in ("tui/calltop.tcss", "tui/screens/missed.tcss", "calls/py.typed"):
        if needed not in names(wheel):
            raise SystemExit(f"{needed} is not in the wheel")
    print(f"{wheel.name} {wheel.stat().st_size // 1024} kB, {sdist.name} {sdist.stat().st_size // 1024} kB")
    return wheel


def names(wheel: Path) -> set[str]:
    """The files in a wheel."""
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def pythons() -> dict[tuple[int, int], str]:
    """An interpreter of each version that is new enough."""
    found: dict[tuple[int, int], str] = {}
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    folders += Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/*/bin")
    for path in [Path(sys.executable), *(path for folder in folders for path in sorted(folder.glob("python3.[0-9]*")))]:
        version = version_of(path)
        if version is not None and version >= OLDEST:
            found.setdefault(version, str(path))
    return found


def version_of(path: Path) -> tuple[int, int] | None:
    """The version of an interpreter, None for what is none."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
    try:
        told = subprocess.run([path, "-c", code], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor = told.split()
    return int(major), int(minor)


def chosen(found: dict[tuple[int, int], str]) -> list[str]:
    """The oldest and the newest."""
    if len(found) == 1:
        print(f"only Python {'.'.join(map(str, *found))} is on this machine: nothing newer or older is tried")
    return [found[version] for version in dict.fromkeys((min(found), max(found)))]


def check(python: str, wheel: Path, folder: Path) -> None:
    """Installs the wheel with its extras, offline, and uses it from an empty home."""
    version = version_of(Path(python))
    name = "python{}.{}".format(*version) if version else "python"
    place, wheelhouse, home = (folder / name / part for part in ("venv", "wheelhouse", "home"))
    run(python, "-m", "venv", place)
    inside = place / "bin" / "python"
    wanted = f"{wheel}[{','.join(EXTRAS)}]"
    run(inside, *PIP, "download", "--constraint", ROOT / "dev-constraints.txt", "--dest", wheelhouse, wanted)
    run(inside, *PIP, "install", "--no-index", "--find-links", wheelhouse, "calltop")
    lacks_extras(place / "bin" / "calltop", folder)
    run(inside, *PIP, "install", "--no-index", "--find-links", wheelhouse, f"calltop[{','.join(EXTRAS)}]")
    run(inside, *PIP, "check")
    home.mkdir()
    use(place / "bin", home)
    done = "imported without a warning, polled, exported, every screen shown"
    print(f"{name}: installed with {', '.join(EXTRAS)} from a folder of wheels, {done}")


def lacks_extras(calltop: Path, folder: Path) -> None:
    """Makes sure that what an extra is needed for is one line that names it."""
    for name in ("parquet", "xlsx"):
        words = (calltop, "calls", "--cache", folder / "none.db", "-o", folder / f"calls.{name}")
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment(folder))
        if done.returncode != 2 or f"calltop[{name}]" not in done.stderr or done.stderr.count("\n") != 1:
            raise SystemExit(f"without the extra {name}: {done.returncode} {done.stderr}")


def use(programs: Path, home: Path) -> None:
    """Runs what was installed: both ways to start it, every module, a poll of simulated providers, exports, every screen."""
    python, calltop = programs / "python", programs / "calltop"
    version = run(calltop, "--version", home=home)
    if run(python, "-W", "error", "-m", "tui", "--version", home=home) != version:
        raise SystemExit("python -m tui is another calltop")
    run(python, "-W", "error", "-c", IMPORT_ALL, home=home)
    if not any((programs.parent / "lib").glob("python*/site-packages/tui/__pycache__/*.pyc")):
        raise SystemExit("the modules were not compiled")
    if not (programs.parent / "share" / "man" / "man1" / "calltop.1").is_file():
        raise SystemExit("the manual page was not installed")
    with simulated(calltop, home):
        run(calltop, "collect", "--once", home=home)
        for end in ("csv", "parquet", "xlsx"):
            run(calltop, "calls", "-o", home / f"calls.{end}", home=home)
        run(calltop, "status", home=home)
        open_screens(calltop, home)


def open_screens(calltop: Path, home: Path) -> None:
    """Opens every screen of the interface in a terminal of its own, by key, and leaves it."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 160, 0, 0))
    variables = environment(home) | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    process = subprocess.Popen([calltop], stdin=slave, stdout=slave, stderr=slave, env=variables, start_new_session=True)
    os.close(slave)
    try:
        for key, text in SCREENS.items():
            os.write(master, key.encode())
            until(master, text)
        os.write(master, b"q")
        code = process.wait(SCREEN_SECONDS)
    finally:
        process.kill()
        os.close(master)
    if code:
        raise SystemExit(f"the interface ended with {code}")


def until(master: int, text: str) -> None:
    """Reads a terminal until a text stands in what was written."""
    ends, seen = time.monotonic() + SCREEN_SECONDS, b""
    while text.encode() not in seen:
        ready, _, _ = select.select([master], [], [], max(0.0, ends - time.monotonic()))
        try:
            part = os.read(master, 1 << 16) if ready else b""
        except OSError:
            part = b""
        if not part:
            raise SystemExit(f"the interface never showed {text!r}: {seen[-2000:].decode('utf-8', 'replace')}")
        seen += part


@contextmanager
def simulated(calltop: Path, home: Path) -> Iterator[None]:
    """The simulated providers, configured in `home`, until the end of the block."""
    options = ("--days", "1", "--calls-per-day", "100", "--write-config", str(home / "config.toml"))
    with subprocess.Popen([calltop, "simulate", *options], stderr=subprocess.PIPE, text=True, env=environment(home)) as process:
        try:
            assert process.stderr is not None
            ready = process.stderr.readline()
            if "five providers at" not in ready:
                raise SystemExit(f"calltop simulate: {ready}{process.stderr.read()}")
            yield
        finally:
            process.terminate()


def environment(home: Path) -> dict[str, str]:
    """Nothing of this checkout or of the person who builds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CALLTOP_", "XDG_"))}
    return kept | {"HOME": str(home), "CALLTOP_CONFIG": str(home / "config.toml"), "CALLTOP_CACHE": str(home / "calltop.db")}


def run(*words: str | Path, home: Path | None = None) -> str:
    """What a command prints. One that fails ends everything with what it said."""
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=home or ROOT, env=environment(home) if home else None
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
