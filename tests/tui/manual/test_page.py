"""The manual page is made from the parser, and has every command, option, argument and field."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from calls.filters.fields import FIELDS
from tui.cli import protect_exclusions
from tui.command_line import build_parser
from tui.examples import EXAMPLES
from tui.exit_codes import EXIT_CODES
from tui.manual.page import escaped, manual_page
from tui.manual.tree import Command, read

PAGE = Path(__file__).parents[3] / "docs" / "calltop.1"
ROOT = read(build_parser())


def test_the_page_is_as_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual_page(), "run: python -m tui.manual.page > docs/calltop.1"


def test_the_module_prints_the_page_without_the_screen() -> None:
    code = "import sys, tui.manual.page as made; assert 'rich' not in sys.modules; sys.stdout.write(made.manual_page())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ROOT.walk(), ids=lambda command: " ".join(command.path))
def test_every_command_has_its_options_and_arguments_in_the_page(command: Command) -> None:
    heading = f".SS {escaped(' '.join(('calltop', *command.path)))}\n"
    part = manual_page().partition(heading if command.path else ".SH OPTIONS\n")[2].partition("\n.S")[0]
    assert part
    assert command.text
    for option in command.options:
        assert option.text, option
        told_once = option.flags[0] in ("-h", "--config", "--cache") or bool(command.commands)
        assert all(f"\\fB{escaped(flag)}\\fR" in part for flag in option.flags) or (command.path and told_once)
    for argument in command.arguments:
        assert f"\\fI{escaped(argument.metavar)}\\fR" in part


def test_fields_and_exit_codes_are_in_the_page() -> None:
    page = manual_page()
    assert all(f"\\fB{field}\\fR\n" in page for field in FIELDS)
    assert all(f"\\fB{code}\\fR\n{meaning}" in page for code, meaning in EXIT_CODES.items())


def test_every_command_has_an_example_of_itself_that_its_parser_takes() -> None:
    assert set(EXAMPLES) == {" ".join(command.path) for command in ROOT.walk()}
    parser = build_parser()
    for name, examples in EXAMPLES.items():
        assert examples
        for example in examples:
            words = shlex.split(example.line)
            assert words[0] == "calltop"
            assert words[1 : 1 + len(name.split())] == name.split()
            assert isinstance(parser.parse_args(protect_exclusions(words[1:])), argparse.Namespace)


@pytest.mark.parametrize("name", EXAMPLES)
def test_help_ends_with_the_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args([*name.split(), "--help"])
    told = capsys.readouterr().out
    assert all(f"\n  {example.line}\n" in told for example in EXAMPLES[name])


def test_text_cannot_become_a_request() -> None:
    assert escaped(".so /etc/passwd") == "\\&.so /etc/passwd"
    assert escaped("'a\\b-c") == "\\&'a\\eb\\-c"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_page_is_set_without_a_warning() -> None:
    done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", str(PAGE)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
