# One word for each chore. Needs only Python 3.11 to 3.13 and make.
PYTHON ?= python3
HUIYIN := .venv/bin/huiyin
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help demo run setup setup-dev test lint format docs bench looks torture shots messages clean

help:  ## list the chores
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup  ## the demonstration bank in var/demo, started
	HUIYIN_HOME=$${HUIYIN_HOME:-var/demo} $(HUIYIN) demo --port $(PORT)

run: setup  ## your own institution in var/bank, started
	HUIYIN_HOME=$${HUIYIN_HOME:-var/bank} $(HUIYIN) serve --port $(PORT)

setup:  ## environment, page assets and translations, without starting anything
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

test: setup-dev  ## everything: format, lint, types, contracts, tests on SQLite and PostgreSQL, browser
	@.venv/bin/python scripts/test.py

lint: setup-dev  ## format, lint, types and contracts only
	@.venv/bin/python scripts/test.py --only checks

format: setup-dev  ## put the code into the house's form
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

docs: setup-dev  ## write the generated pages of docs/ again
	@.venv/bin/python scripts/docs.py
	@.venv/bin/python scripts/indicator_docs.py

messages: setup-dev  ## collect new texts into the catalogues
	@.venv/bin/python scripts/messages.py update

bench: setup-dev  ## measure, and print machine and data beside each figure
	@.venv/bin/python scripts/bench.py

looks: setup-dev  ## axe and 320 px on every page, both languages, all three modes
	@.venv/bin/python scripts/test.py --only browser --every-look -k "shuts_anybody_out"

torture: setup-dev  ## 500 random kills under load, on SQLite and on PostgreSQL
	@.venv/bin/python scripts/torture.py --kills 500

shots: setup-dev  ## take the README's screenshots from the demonstration bank
	@.venv/bin/python scripts/shots.py

clean:  ## remove what set-up made (not the data in var/demo and var/bank)
	rm -rf .venv node_modules var/assets var/static
