# Two commands: `make run` and `make test`. Each is a thin wrapper over the lines in the README.
.PHONY: run test setup check unit postgres browser package clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

run: setup
	$(BIN)/python hatch_build.py
	$(BIN)/tracker serve --demo

test: setup check unit postgres browser package

check: setup
	$(BIN)/python hatch_build.py
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

unit: setup
	$(BIN)/pytest -q -n 2 -m "not browser"

postgres: setup
	$(BIN)/pytest -q -n 2 -m "not browser" --postgres

browser: setup
	$(BIN)/pytest -q -m browser

package: setup
	$(BIN)/python tests/smoke_wheel.py

clean:
	rm -rf $(VENV) build dist *.egg-info
