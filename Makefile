# One command per job; each sets up what it needs first. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Arguments for the program behind a target: make test ARGS="-k seal -n0". A part of the tests is not gated on coverage.
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-live check bench format lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

$(READY): requirements/dev.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh $(VENV)
	@touch $@

demo: $(READY) ## release a real monorepo to two sites and prove that they hold the same bytes
	@$(BIN)/python examples/demo.py $(ARGS)

test: $(READY) ## run every test this machine can run, with the coverage gate
	@sh tools/need.sh node npm git
	@SAMEBYTES_COVERAGE=$(if $(ARGS),0,1) $(BIN)/pytest -n auto --dist worksteal $(if $(ARGS),,--cov --cov-report=) $(ARGS)

test-live: $(READY) ## run the tests against real servers named by SAMEBYTES_LIVE_GITEA=/path and the like
	@sh tools/need.sh node npm git
	@if env | grep -q '^SAMEBYTES_LIVE_'; then \
		$(BIN)/pytest -n auto -m live $(ARGS); \
	else \
		echo "skipped: no live server is named; set SAMEBYTES_LIVE_GITEA=/path/to/gitea or SAMEBYTES_LIVE_FORGEJO=…"; \
	fi

check: $(READY) ## what CI checks besides the tests: format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n0 tests/architecture

bench: $(READY) ## measure, and print the table of docs/benchmarks.md
	@sh tools/need.sh node npm git
	@$(BIN)/python bench/run.py $(ARGS)

format: $(READY) ## format the sources and fix what ruff can fix safely
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## write requirements/*.lock anew from pyproject.toml (ARGS=--upgrade takes newer versions)
	@sh tools/lock.sh $(BIN)/uv $(ARGS)

clean: ## remove everything that make and the tests made
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* build dist demo mutants
