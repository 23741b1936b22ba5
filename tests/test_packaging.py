"""What the package says of itself is true; `make package` builds it, installs it and uses it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from calls.exports import FORMATS

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FOR_PEOPLE = set(PROJECT["optional-dependencies"]) - {"dev", "bench"}


def test_the_oldest_python_is_the_first_of_the_classifiers() -> None:
    versions = [found[1] for text in PROJECT["classifiers"] if (found := re.fullmatch(r".*:: (3\.\d+)", text))]
    assert versions == sorted(versions, key=lambda text: int(text.split(".")[1]))
    assert PROJECT["requires-python"] == f">={versions[0]}"


@pytest.mark.parametrize("package", ["calls", "providers", "tui"])
def test_every_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_every_extra_is_used_and_explained() -> None:
    needed = {made.name for made in FORMATS.values() if made.modules}
    assert needed <= FOR_PEOPLE
    sources = "".join(path.read_text(encoding="utf-8") for folder in ("calls", "tui") for path in (ROOT / folder).rglob("*.py"))
    for extra in FOR_PEOPLE - needed:
        assert f"calltop[{extra}]" in sources, extra
    guide = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8")
    assert all(extra in guide for extra in FOR_PEOPLE)


def test_what_the_tests_need_of_the_extras_is_in_dev() -> None:
    extras = PROJECT["optional-dependencies"]
    assert {*extras["parquet"], *extras["xlsx"]} <= set(extras["dev"])


def test_every_library_of_the_tests_has_its_version() -> None:
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "dev-constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    extras = PROJECT["optional-dependencies"]
    wanted = {re.split(r"[<>=\[]", text)[0].lower() for text in (*PROJECT["dependencies"], *extras["dev"])}
    assert wanted - pinned == set()
