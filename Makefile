# Everything a person does with this checkout. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv

# Where mypy is strict: services, and what stands beside them at the top of the domain apps.
STRICT = $(wildcard customers/*.py tierconfig/*.py fulfillment/*.py) $(shell find customers/services \
	customers/imports tierconfig/services fulfillment/services config tests/support -name '*.py' 2>/dev/null)

# uv trusts the certificates of this machine, as pip and the rest of it do.
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

# The environment is made again exactly when one of the pinned files changes.
hash = $(shell cat $(1) | sha256sum | cut -c1-16)
RUN_STAMP := $(VENV)/.run-$(call hash,requirements-tools.txt requirements.txt)
DEV_STAMP := $(VENV)/.dev-$(call hash,requirements-tools.txt requirements-dev.txt)

# Clients of the API that tests drive; each has an environment of its own, since they share names.
CLIENTS := openapi cli schemathesis
client_stamp = .venv-clients-$(1)/.made-$(call hash,requirements-clients-$(1).txt)
CLIENT_STAMPS := $(foreach name,$(CLIENTS),$(call client_stamp,$(name)))

# $(call install,<requirements file>): exactly these versions, each checked by its hash.
define install
	@echo "Installing $(1) into $(VENV)"
	@if ! $(UV) pip sync --quiet --require-hashes --python $(PY) requirements-tools.txt $(1); then \
		echo "uv could not install; trying again with pip" >&2; \
		$(PY) -m pip install --quiet --require-hashes -r $(1); \
	fi
endef

## env: make the virtual environment with what tests and checks need
.PHONY: env
env: $(DEV_STAMP)

$(RUN_STAMP): | $(UV)
	$(call install,$(if $(wildcard $(VENV)/bin/pytest),requirements-dev.txt,requirements.txt))
	@rm -f $(VENV)/.run-*; touch $@

$(DEV_STAMP): | $(UV)
	$(call install,requirements-dev.txt)
	@rm -f $(VENV)/.run-* $(VENV)/.dev-*; touch $@ $(RUN_STAMP)

$(UV):
	@if ! command -v $(PYTHON) >/dev/null; then \
		echo "$(PYTHON) is missing: apt install python3 python3-venv" >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
			"Name another one: make PYTHON=python3.11 …" >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "python3-venv is missing: apt install python3-venv" >&2; exit 1; fi
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --require-hashes -r requirements-tools.txt

## clients: make the environments of the clients that tests drive
.PHONY: clients
clients: $(CLIENT_STAMPS)

# They are meant for Python 3.11, which uv looks for, or fetches when the machine has another one.
define client
$(call client_stamp,$(1)): | $$(UV)
	@echo "Installing requirements-clients-$(1).txt into .venv-clients-$(1)"
	@if ! { $$(UV) venv --quiet --clear --python 3.11 .venv-clients-$(1) && $$(UV) pip sync --quiet \
		--require-hashes --python .venv-clients-$(1)/bin/python requirements-clients-$(1).txt; }; then \
		echo "uv could not install; trying again with pip" >&2; \
		$$(PYTHON) -m venv --clear .venv-clients-$(1); \
		.venv-clients-$(1)/bin/python -m pip install --quiet --require-hashes \
			-r requirements-clients-$(1).txt; \
	fi
	@touch $$@
endef
$(foreach name,$(CLIENTS),$(eval $(call client,$(name))))

## run: the demo at http://127.0.0.1:8000 (another port: make run PORT=8001)
.PHONY: run
run: $(RUN_STAMP)
	@exec $(PY) -m config.serve --port $(PORT)

## demo-reset: throw the demo's database away and load it anew
.PHONY: demo-reset
demo-reset: $(RUN_STAMP)
	@$(PY) -m config.serve --reset

## test: all tests, on SQLite and PostgreSQL, with a real browser (make test ARGS="-k name")
.PHONY: test
test: $(DEV_STAMP) $(CLIENT_STAMPS)
	@$(PY) -m tests.support.suite $(ARGS)

## check: style, types, migrations, production settings, templates
.PHONY: check
check: lint types migrations deployment templates

.PHONY: lint
lint: $(DEV_STAMP)
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/ruff format --quiet --check . || { echo "Not formatted: run make format" >&2; exit 1; }

.PHONY: types
types: $(DEV_STAMP)
	@$(VENV)/bin/mypy $(STRICT)

.PHONY: migrations
migrations: $(DEV_STAMP)
	$(PY) manage.py makemigrations --check --dry-run

.PHONY: deployment
deployment: $(DEV_STAMP)
	@echo "Deployment check of the production settings"
	@env -u DATABASE_URL -u DEBUG -u DEMO_MODE DJANGO_SETTINGS_MODULE=config.settings.production \
		SECRET_KEY="check-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQ" \
		INQUIRY_KEY="check-0123456789-zyxwvutsrqponmlkjihgfedcba-ZYXWVUTSRQPONMLKJ" \
		SEALING_KEYS="check-9876543210-mnopqrstuvwxyzabcdefghijkl-MNOPQRSTUVWXYZABCD" \
		ALLOWED_HOSTS=portal.example.com PUBLIC_URL=https://portal.example.com \
		$(PY) manage.py check --deploy --fail-level WARNING

.PHONY: templates
templates: $(DEV_STAMP)
	$(if $(shell find templates -name '*.html' 2>/dev/null | head -1),$(VENV)/bin/djlint templates --lint --quiet)

## format: let ruff format everything
.PHONY: format
format: $(DEV_STAMP)
	$(VENV)/bin/ruff check --quiet --fix . || true
	$(VENV)/bin/ruff format .

## bench: measure the pages on a throwaway PostgreSQL
.PHONY: bench
bench: $(DEV_STAMP)
	@$(PY) -m tests.support.postgres $(PY) -m tests.benchmarks $(ARGS)

## lock: compile requirements*.in to pinned, hashed requirements*.txt (make lock ARGS=--upgrade)
.PHONY: lock
lock: $(UV)
	for name in requirements requirements-dev requirements-tools \
		$(addprefix requirements-clients-,$(CLIENTS)); do \
		$(UV) pip compile --quiet --no-config --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
			$(ARGS) $$name.in --output-file $$name.txt; \
	done

## help: list the targets
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22
