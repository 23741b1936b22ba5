# Each target sets up what it needs in .venv; only Python 3.11 or newer is expected.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := calls providers tui

CALLS ?= 1000000

.PHONY: help demo test check lint types format snapshots screenshots bench package clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.runtime: pyproject.toml dev-constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint dev-constraints.txt --editable .
	$(BIN)/python -m compileall -q $(SOURCES)
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint dev-constraints.txt --editable '.[dev]'
	@touch $@

demo: $(VENV)/.runtime  ## open the interface over five simulated providers
	@$(BIN)/calltop demo

test: $(VENV)/.dev  ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.dev  ## style, and the walls between the packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev  ## type check
	$(BIN)/mypy
	$(BIN)/mypy .ci/package.py

check: lint types test  ## all that CI does, but for the packages

package: $(VENV)/.dev  ## build wheel and sdist, install and use them on the oldest and the newest Python of this machine
	$(BIN)/python .ci/package.py

format: $(VENV)/.dev  ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

snapshots: $(VENV)/.dev  ## take the snapshots of the screens anew; look at each before committing it
	$(BIN)/python -m pytest tests/tui --snapshot-update

screenshots: $(VENV)/.dev  ## draw the pictures of the README from the simulated providers
	$(BIN)/python -m screenshots.make

bench: $(VENV)/.dev  ## measure calltop beside other engines and write docs/benchmarks.md (CALLS=10000000 for ten million)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint dev-constraints.txt --editable '.[bench]'
	$(BIN)/python -m compileall -q $(SOURCES) benchmarks
	$(BIN)/python -m benchmarks --calls $(CALLS) --output docs/benchmarks.md

clean:  ## remove what the targets made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
