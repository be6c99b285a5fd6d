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

# uv trusts the certificates of this machine, as pip and the rest of it do.
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

# The environment is made again exactly when one of the pinned files changes.
hash = $(shell cat $(1) | sha256sum | cut -c1-16)
RUN_STAMP := $(VENV)/.run-$(call hash,requirements-tools.txt requirements.txt)
DEV_STAMP := $(VENV)/.dev-$(call hash,requirements-tools.txt requirements-dev.txt)

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

## help: list the targets
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22
