# Two commands: `make run` and `make test`. Each is a thin wrapper over the lines in the README.
.PHONY: run test setup check unit postgres browser package clean translations

PYTHON ?= python3
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

run: setup
	$(BIN)/python hatch_build.py
	$(BIN)/tracker serve --demo --port $(PORT)

test: setup check unit postgres browser package

check: setup
	$(BIN)/python hatch_build.py
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

unit: setup
	$(BIN)/pytest -q -n 3 --dist worksteal -m "not browser"

postgres: setup
	$(BIN)/pytest -q -n 3 --dist worksteal -m "not browser" --postgres

browser: setup
	$(BIN)/pytest -q -n 3 --dist worksteal -m browser

package: setup
	$(BIN)/python tests/smoke_wheel.py

clean:
	rm -rf $(VENV) build dist *.egg-info

# Brings every messages.po up to date with the code; a new sentence comes without its translation.
translations: setup
	$(BIN)/pybabel -q extract -F pyproject.toml --ignore-dirs '.*' -k lazy_gettext --sort-by-file \
		--add-location=file -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -i $(VENV)/messages.pot -d tracker/translations -w 100 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/python hatch_build.py
