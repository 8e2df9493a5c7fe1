# csat: from survey to loyalty, every month.  `make help` lists what there is.

PYTHON  ?= python3
STUDY   ?= mobile_ecsi
ARGS    ?=
WORKERS ?= 2

VENV    := .venv
BIN     := $(VENV)/bin
READY   := $(VENV)/.ready
BROWSER := tests/browser/node_modules/.ready

# Compiled files make every kernel start seconds faster; some machines switch them off.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test lab bench lint lock clean

help:  ## Show this list
	@echo "csat: from survey to loyalty, every month"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  STUDY=name ARGS='--lang en --set replicates=2000' go to 'make report', ARGS to 'make test' too;"
	@echo "  PYTHON=python3.12 chooses the Python that makes the environment (3.11 or newer)"

report: $(READY)  ## Set up, run a study (STUDY=mobile_ecsi) and print the path of its index.html
	@$(BIN)/csat run $(STUDY) $(ARGS)

test: $(READY) $(BROWSER)  ## Set up, then the whole test suite, notebooks included
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --nbval-lax --nbval-current-env tests notebooks $(ARGS)

lab: $(READY)  ## Set up and open JupyterLab on the notebooks
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks

bench: $(READY)  ## Set up and print the measured ratios of speed and memory
	@set -e; for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file; done

lint: $(READY)  ## Set up, then ruff, ruff format and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: $(READY)  ## Make requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --extra dev \
	  --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --output-file requirements.lock pyproject.toml

clean:  ## Remove the environment and what tools leave behind (never reports)
	rm -rf $(VENV) tests/browser/node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis build
	find lib tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment: made once, and again only when the lock or the project's own metadata changes.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "csat needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV): once, a few minutes" >&2
	@$(BIN)/python -m pip install --quiet --compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --compile --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q lib
	@touch $@

# What the browser tests need; without npm they are skipped and say so.
$(BROWSER): $(wildcard tests/browser/package-lock.json)
	@mkdir -p $(@D)
	@if test -f tests/browser/package-lock.json && command -v npm >/dev/null; then \
	  cd tests/browser && npm ci --silent --no-audit --no-fund; fi
	@mkdir -p $(@D) && touch $@
