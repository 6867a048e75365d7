# Two commands: `make run` and `make test`. Each is a thin wrapper over the lines in the README.
.PHONY: run test setup quick check catalogues style types layers unit postgres browser package clean \
	translations supply whole

PYTHON ?= python3
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin

# What Python compiles is kept, even where a machine says otherwise: commands and workers start a
# hundred times in one run, and each would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -e '.[dev]'
	touch $@

run: setup
	$(BIN)/python hatch_build.py
	$(BIN)/tracker serve --demo --port $(PORT)

# What runs in the browser or kills a server waits much, so the checks, both engines and the browser
# run at once. What checks and PostgreSQL said is shown at the end.
test: setup catalogues
	@mkdir -p build; \
	trap 'kill $$quick $$postgres 2>/dev/null; exit 130' INT TERM; failed=0; \
	$(MAKE) --no-print-directory quick > build/quick.txt 2>&1 & quick=$$!; \
	$(BIN)/pytest --collect-only -q > build/tests.txt 2>&1; : so that each finds it compiled; \
	$(MAKE) --no-print-directory postgres > build/postgres.txt 2>&1 & postgres=$$!; \
	$(MAKE) --no-print-directory whole || failed=1; \
	wait $$quick || failed=1; cat build/quick.txt; \
	wait $$postgres || failed=1; cat build/postgres.txt; exit $$failed

# Each of these keeps one core busy, so two run at once; one that fails ends the run.
WHOLE := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

quick: setup catalogues
	$(MAKE) --no-print-directory --jobs=2 $(WHOLE) types package style layers

check: catalogues style types layers

catalogues: setup
	$(BIN)/python hatch_build.py

style: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/bandit -q -r tracker migrations hatch_build.py -c pyproject.toml
	$(BIN)/python tests/secret_scan.py

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

whole: setup
	$(BIN)/pytest -q -n 4 --dist worksteal

unit: setup
	$(BIN)/pytest -q -n 3 --dist worksteal -m "not browser"

postgres: setup
	$(BIN)/pytest -q -n 2 --dist worksteal -m "not browser" --postgres

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

# Chooses the newest versions that pyproject.toml allows, with the hashes of their files, and lists
# what then is installed: the lock, the bill of materials, the licences. The tools stand apart, since
# what comes with them would change what others do.
supply:
	$(PYTHON) -m venv --clear build/tools
	build/tools/bin/python -m pip install --quiet 'uv>=0.9' 'cyclonedx-bom>=7.1' 'pip-licenses>=5.5'
	build/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-header --no-emit-index-url --extra postgres pyproject.toml -o requirements.lock
	$(PYTHON) -m venv --clear --without-pip build/locked
	build/tools/bin/python -m pip --python build/locked/bin/python install --quiet --require-hashes \
		-r requirements.lock
	build/tools/bin/cyclonedx-py environment build/locked --pyproject pyproject.toml --output-reproducible \
		--of JSON -o sbom.cdx.json
	build/tools/bin/pip-licenses --python build/locked/bin/python --format markdown --with-urls \
		--output-file docs/licences.md
