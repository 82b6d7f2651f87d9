# The verbs of this repository. `make help` explains them; each makes what it needs first.
# Needed beforehand: Python 3.11 or newer with venv, make, a package index. Nothing else (no uv, no node).

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
READY := $(VENV)/.ready
DEMO ?= demo

# An index or certificate that pip was told to use is used by uv too.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
ifdef PIP_CERT
export SSL_CERT_FILE ?= $(PIP_CERT)
endif

# One more than there are processors: tests wait for browsers, servers and other engines.
JOBS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
TESTS ?= tests
PYTEST := $(BIN)/python -m pytest -n $(JOBS)

.PHONY: help setup demo test test-all needs lint format types docs docs-check bench lock clean

help:  ## Say what each verb does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## Make .venv from the committed lock, with every extra and the command .venv/bin/tenure

# The stamp is newer than the lock and the project file when the environment follows them, so setting up again costs nothing.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "tenure needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python cannot make an environment here. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	@# Compiled once here, since a process that may not write .pyc files would compile seven hundred modules at every start.
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## Make the example company in demo/, load it and print its core metrics
	@$(BIN)/tenure demo $(DEMO)

needs: setup  # what tests want from outside Python: PostgreSQL and Java
	@scripts/needs

test: setup needs  ## Make what the tests need and run them
	@$(PYTEST) $(TESTS)

test-all: setup needs  ## The same with hundreds of random worlds (takes its time)
	@TENURE_WORLDS=$${TENURE_WORLDS:-300} $(PYTEST) --timeout 7200 $(TESTS)

lint: setup  ## Check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted. Run: make format" >&2; exit 1; }

format: setup  ## Format and mend what can be mended by machine
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup  ## Check types, strictly
	@$(BIN)/mypy --strict src

docs: setup  ## Write the pages that are made by machine, and the output shown in the tour
	@$(BIN)/python scripts/docs.py
	@$(BIN)/python scripts/tour.py

docs-check: setup  ## Fail when a page made by machine is stale
	@$(BIN)/python scripts/docs.py --check

bench: setup  ## Measure ours beside the best hand-written SQL (a quarter of an hour; the first time longer, for the data)
	@$(BIN)/python -m benchmarks

lock: setup  ## Resolve the dependencies anew into requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --no-header --generate-hashes --python-version 3.11 \
	  --all-extras --group dev --output-file requirements.lock pyproject.toml

clean:  ## Remove the environment and everything made
	@rm -rf $(VENV) build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis spark-warehouse src/*.egg-info
	@find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
