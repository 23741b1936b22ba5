"""Every command of the README, the guides and the help is done, or understood where it needs a terminal or never ends."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import GUIDES, Line, inline_lines, shell_lines
from tests.simulated import Site, simulated_site
from tui.cli import COMMANDS, main, protect_exclusions
from tui.command_line import build_parser
from tui.examples import EXAMPLES

WRITTEN = tuple(dict.fromkeys(line.text for page in GUIDES for line in shell_lines(page)))
SAID = tuple(dict.fromkeys(line.text for page in GUIDES for line in inline_lines(page)))
SHOWN = tuple(example.line for examples in EXAMPLES.values() for example in examples)
NEEDS_TERMINAL = {"", "demo", "wall", "config init", "config add"}
NEVER_ENDS = {"simulate", "collect"}
# Numbers of the documentation ring nobody in the simulated providers.
NOBODY = ("missed --done", "forget")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(tmp_path_factory.mktemp("site"), "--days", "1", "--calls-per-day", "100") as (made, _):
        done = made.run("collect", "--once")
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture
def _at_the_site(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CALLTOP_CONFIG", "CALLTOP_CACHE"):
        monkeypatch.setenv(name, site.environment()[name])
    # Months of history would be asked for, day by day, only to hear that there are none.
    monkeypatch.setenv("CALLTOP_RETENTION_DAYS", "3")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())


def path_of(words: list[str]) -> str:
    """The command and the one under it: "reports list"."""
    bare = [word for word in words if not word.startswith("-")]
    return " ".join(bare[: 2 if bare[:1] in (["config"], ["reports"]) else 1])


def is_only_parsed(words: list[str]) -> bool:
    path = path_of(words)
    return path in NEEDS_TERMINAL or (path in NEVER_ENDS and "--once" not in words) or "--help" in words


def without_places(words: list[str]) -> list[str]:
    """Without the files of another machine, in whose place stand those of the site."""
    kept = list(words)
    for flag in ("--config", "--cache"):
        if flag in kept:
            del kept[kept.index(flag) : kept.index(flag) + 2]
    return kept


@pytest.mark.parametrize("text", dict.fromkeys((*WRITTEN, *SAID, *SHOWN)))
def test_every_command_is_understood(text: str) -> None:
    words = Line(Path(), text).words
    if "--help" in words:
        with pytest.raises(SystemExit) as end:
            build_parser().parse_args(protect_exclusions(words))
        assert end.value.code == 0
    elif len(words) == 1 and words[0] in ("reports", "config", "completion", "forget", "sql", "ask"):
        assert words[0] in COMMANDS
    else:
        build_parser().parse_args(protect_exclusions([word for word in words if word != "..."]))


@pytest.mark.usefixtures("_at_the_site")
@pytest.mark.parametrize(
    "text", [text for text in dict.fromkeys((*WRITTEN, *SHOWN)) if not is_only_parsed(Line(Path(), text).words)]
)
def test_every_command_does_what_is_written(text: str, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    words = without_places(Line(Path(), text).words)
    if "ID" in words:
        assert main(["reports", "create", "--type", "NORMAL", "--name", "once", "--email", "a@b.example", "--yes"]) == 0
        capsys.readouterr()
        assert main(["reports", "completed" if "download" in words else "list", "--format", "json"]) == 0
        words[words.index("ID")] = json.loads(capsys.readouterr().out.splitlines()[0])["id"]
    options = build_parser().parse_args(protect_exclusions(words))
    # Nobody is there to say yes, and the simulated providers need no pauses.
    words += [flag for flag, name in (("--yes", "yes"), ("--no-pacing", "no_pacing")) if hasattr(options, name)]
    code = main(words)
    printed = capsys.readouterr()
    allowed = (0, 1) if re.match("|".join(NOBODY), " ".join(words)) else (0,)
    assert code in allowed, printed.err
    if "-o" in words:
        assert Path(words[words.index("-o") + 1]).stat().st_size > 0
        assert printed.out == ""


def test_the_guides_name_every_command() -> None:
    named = {path_of(Line(Path(), text).words).split(" ")[0] for text in (*WRITTEN, *SAID)}
    assert set(COMMANDS) - named == set()
