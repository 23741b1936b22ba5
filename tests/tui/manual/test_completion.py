"""What the shells complete, asked of the shells themselves where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tui.cli import COMMANDS, main
from tui.command_line import build_parser
from tui.commands.completion import SHELLS
from tui.manual.tree import read

ROOT = read(build_parser())
TYPED = {
    "calltop ": set(COMMANDS),
    "calltop st": {"status", "stats", "statement"},
    "calltop reports li": {"list"},
    "calltop calls --lim": {"--limit"},
    "calltop calls --format pa": {"parquet"},
    "calltop --ascii completion ": set(SHELLS),
    "calltop calls status:missed dire": {"direction:", "direction:in", "direction:out", "direction:internal"},
    "calltop stats --by weekd": {"weekday"},
    "calltop calls --limit ": set(),
}
_BASH = """
source "$1"
shift
for line in "$@"; do
    COMP_LINE="$line"; COMP_POINT=${#line}; COMPREPLY=()
    _calltop
    printf '%s,' "${COMPREPLY[@]}"
    echo
done
"""


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


def script(name: str, folder: Path) -> Path:
    path = folder / f"completion.{name}"
    path.write_text(SHELLS[name](ROOT), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SHELLS)
def test_the_command_prints_what_the_shell_is_to_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", name]) == 0
    assert capsys.readouterr().out == SHELLS[name](ROOT)


@pytest.mark.parametrize("name", SHELLS)
def test_every_command_option_and_value_is_there(name: str) -> None:
    text = SHELLS[name](ROOT)
    for command in ROOT.walk():
        assert command.name in text
        for option in command.options:
            assert all(flag.lstrip("-") in text for flag in option.flags)
            assert all(value in text for value in option.values)


def test_the_shell_reads_it(shell: str, tmp_path: Path) -> None:
    done = subprocess.run([shell, "-n", str(script(shell, tmp_path))], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_bash_completes(tmp_path: Path) -> None:
    source = script("bash", tmp_path)
    done = subprocess.run(
        ["bash", "--norc", "-c", _BASH, "bash", source, *TYPED], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr == ""
    found = [set(line.split(",")) - {""} for line in done.stdout.splitlines()]
    assert dict(zip(TYPED, found, strict=True)) == TYPED


def test_bash_puts_in_what_follows_the_colon_and_files(tmp_path: Path) -> None:
    source = script("bash", tmp_path)
    (tmp_path / "my calls.csv").touch()
    lines = ["calltop calls status:mis", "calltop calls -o my"]
    done = subprocess.run(
        ["bash", "--norc", "-c", _BASH, "bash", source, *lines], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines() == ["missed,", "my calls.csv,"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(tmp_path: Path) -> None:
    source = script("fish", tmp_path)
    asked = "; ".join(f"complete -C '{line}'; echo =" for line in TYPED)
    done = subprocess.run(
        ["fish", "-N", "-c", f"source {source}; {asked}"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr == ""
    answers = [{line.split("\t")[0] for line in part.splitlines() if line} for part in done.stdout.split("=\n")[:-1]]
    assert dict(zip(TYPED, answers, strict=True)) == TYPED


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_takes_it_by_source_and_from_a_folder(tmp_path: Path) -> None:
    script("zsh", tmp_path).rename(tmp_path / "_calltop")
    load = f"fpath=({tmp_path} $fpath); autoload -Uz compinit; compinit -D -u; print $_comps[calltop]"
    source = f"autoload -Uz compinit; compinit -D -u; source {tmp_path}/_calltop; print $_comps[calltop]"
    for code in (load, source):
        done = subprocess.run(["zsh", "-f", "-c", code], capture_output=True, text=True, check=True)
        assert done.stderr == ""
        assert done.stdout.startswith("_calltop\n")


def test_an_unknown_shell_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["completion", "csh"])
    assert end.value.code == 2
