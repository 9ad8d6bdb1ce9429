# `make demo` and `make test` are all the set-up: they make the virtual environment and install what is missing.
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell sh .ci/python)
# An editable install compiles nothing, and where PYTHONDONTWRITEBYTECODE is set no run ever would.
COMPILE = $(BIN)/python -m compileall -q nodepath_cli
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check unit bench parity torture fuzz wheel clean server

demo: $(VENV)/.installed
	@$(BIN)/nodepath demo

test: $(VENV)/.developer server check
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.developer
	$(BIN)/python -m pytest tests/unit tests/rules tests/snapshots

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

parity: $(VENV)/.developer server
	$(BIN)/python -m tests.server.parity_long --mutants

torture: $(VENV)/.developer server
	$(BIN)/python -m tests.server.torture 30
	$(BIN)/python -m tests.server.lock_torture

fuzz: $(VENV)/.developer
	$(BIN)/python -m tests.fuzz 1000000

wheel: $(VENV)/.developer
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer. Next: install python3.11, or run make PYTHON=/path/to/python." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh .ci/need python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.developer: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@$(COMPILE)
	@touch $@ $(VENV)/.installed

$(VENV)/.bench: $(VENV)/.developer
	$(BIN)/python -m pip install --quiet --editable '.[dev,bench]'
	@touch $@

# The tests start a private MariaDB in a temporary folder; only its programs have to be there.
server:
	@{ command -v mariadbd || test -x /usr/sbin/mariadbd; } >/dev/null 2>&1 && command -v mariadb-install-db >/dev/null 2>&1 \
		|| sh .ci/need mariadb-server
