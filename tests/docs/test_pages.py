"""The guides hold what they say: filters are read and answered, settings are settings, links lead somewhere."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.cache.views import VIEWS
from calls.exports import ALL_COLUMNS
from calls.filters import parse
from calls.filters.fields import FIELDS
from calls.metrics import METRICS
from tests.calls.cache.busy import NOW_MS, fill
from tests.docs.pages import GUIDES, PAGES, README, ROOT, blocks, text_of
from tui.cli import main

FILTERS = ROOT / "docs" / "filters.md"
EXAMPLES = re.findall(r"^\| `([^`]+)` \|", text_of(FILTERS), re.MULTILINE)
README_LINES = 100
SETTINGS = frozenset(re.findall(r"^\| `(\w+)` \|", text_of(ROOT / "docs" / "configuration.md"), re.MULTILINE))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> object:
    path = fill(tmp_path_factory.mktemp("pages") / "calltop.db", calls=300).path
    with closing(Reader(path)) as opened:
        yield opened


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_filter_of_the_guide_is_read_and_answered(text: str, reader: Reader) -> None:
    wanted = parse(text)
    assert not wanted.everything
    found = list(reader.calls(wanted, NOW_MS))
    assert len(found) == reader.count(wanted, NOW_MS)


def test_the_guide_of_filters_shows_most_fields() -> None:
    shown = {match for text in EXAMPLES for match in re.findall(r"(\w+):", text)} & set(FIELDS)
    assert set(FIELDS) - shown <= {"project", "route", "trunk", "id", "linked", "external", "customer"}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_configuration_in_a_guide_is_valid(page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, block in enumerate(blocks(page, "toml")):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, encoding="utf-8")
        path.chmod(0o600)
        assert main(["config", "validate", "--config", str(path)]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_name_with_an_underscore_is_still_one(page: Path) -> None:
    known = SETTINGS | set(ALL_COLUMNS) | set(METRICS) | set(VIEWS)
    if page.name in ("cache.md", "CONTRIBUTING.md"):
        return
    named = re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", text_of(page))
    assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if not target.startswith("http"):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_every_page_is_reached_from_the_readme() -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", text_of(README))
    linked = {(README.parent / target.partition("#")[0]).resolve() for target in targets}
    assert {page for page in PAGES if page != README} <= linked


def test_the_readme_is_short_and_has_pictures() -> None:
    assert len(text_of(README).splitlines()) <= README_LINES
    pictures = re.findall(r"!\[[^\]]{20,}\]\((screenshots/[^)]+\.png)\)", text_of(README))
    assert len(pictures) >= 2
    assert "make demo" in text_of(README).partition("## Your own")[0]


def test_the_map_of_the_house_names_every_room_and_none_that_is_gone() -> None:
    named: set[str] = set()
    for cell in re.findall(r"^\| (`[^|]+) \|", text_of(ROOT / "CONTRIBUTING.md"), re.MULTILINE):
        folder = ""
        for name in re.findall(r"`([^`]+)`", cell):
            # A name without its folder lies beside the one before.
            folder = name.split("/")[0] if re.match(r"\w+/\w", name) else folder
            named.add(name if (ROOT / name).exists() else f"{folder}/{name}")
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    children = [path for top in ("calls", "providers", "tui") for path in (ROOT / top).iterdir()]
    rooms = {f"{path.relative_to(ROOT)}/" for path in children if path.is_dir() and "__" not in path.name}
    assert rooms <= named


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in GUIDES:
        assert set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", text_of(page), re.MULTILINE)) <= targets


@pytest.mark.parametrize("unit", sorted((ROOT / "docs" / "systemd").iterdir()), ids=lambda unit: unit.name)
def test_units_run_a_command_that_there_is_and_are_named_in_a_guide(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    [command] = re.findall(r"^ExecStart=(?:\S*/)calltop (\w+)", text, re.MULTILINE)
    assert f"calltop {command}" in text_of(ROOT / "docs" / "service.md") + "".join(map(text_of, GUIDES))
    assert any(unit.name in text_of(page) for page in GUIDES)
    assert re.search(r"^Restart=", text, re.MULTILINE)
