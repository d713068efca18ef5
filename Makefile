# Two commands: `make run` serves, `make test` tests. Each installs what it needs first.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run demo test trust coverage check bench docs pictures lock
.DEFAULT_GOAL := help

help:
	@echo "make run     serve the API (http://127.0.0.1:8000) on an embedded PostgreSQL"
	@echo "make demo    play a whole joint bid and leave its PDF here"
	@echo "make test    run the tests"
	@echo "make trust   run them with many times the races, made-up examples and compared worlds (hours)"
	@echo "make coverage  run them and say which lines of app/ none reached"
	@echo "make check   run everything that CI runs"
	@echo "make bench   measure against the floors"
	@echo "make docs    write the generated documentation anew"
	@echo "make pictures  draw the pages that the README shows"
	@echo "make lock    resolve and lock the dependencies anew"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cobid needs Python 3.11 or newer."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The lock files are whole, so nothing is left to resolve: older pips, asked to, take the newest release of a package that
# another one wants with an extra, and then refuse it because it is not the locked one.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r

$(VENV)/.run: requirements.txt $(VENV)/bin/python
	$(INSTALL) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/bin/python
	$(INSTALL) requirements-dev.txt
	@touch $@ $(VENV)/.run

run: $(VENV)/.run
	@exec $(BIN)/python -m app.cli serve

demo: $(VENV)/.run
	$(BIN)/python -m app.cli demo

# One worker for each core.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

test: $(VENV)/.dev
	$(PYTEST)

trust: $(VENV)/.dev
	RACES=15 FUZZ=10 WORLDS=20 $(PYTEST) --timeout=7200

coverage: $(VENV)/.dev
	$(PYTEST) --cov --cov-report=term:skip-covered

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/python -m app.reference --check
	$(if $(TESTED),@echo "The tests ran already.",$(PYTEST))

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

docs: $(VENV)/.dev
	$(BIN)/python -m app.reference

pictures: $(VENV)/.dev
	$(BIN)/python -m tests.documents.pictures
	$(BIN)/python -m tests.browser.pictures

lock: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --extra dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet tests/clients/requirements.in -o tests/clients/requirements.txt
