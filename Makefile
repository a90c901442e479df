# Two commands do it all on a fresh machine: make run, make test.
PYTHON ?= python3
TASK = $(PYTHON) -B tools/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run shell story setup test test-landing test-nightly test-core lint bench digests concurrency compare
.PHONY: gate readme translations screenshots icon lock dist clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: ## A running Odoo with the module and demo data on http://localhost:8069
	@$(TASK) run

shell: ## An Odoo shell on the demo database; runs a script given on standard input
	@$(TASK) shell

story: ## The way of a click through the code (CLICK=done FULL=1; figures of all without)
	@$(TASK) story $(CLICK) $(if $(FULL),--full)

setup: ## All that the tests need, beforehand
	@$(TASK) setup

test: ## Lint and all tests of the module, on all cores (ONLY="own lifecycle" for some parcels)
	@$(TASK) test $(ONLY)

test-landing: ## The same, and core's suites of what is overridden: what .ci/run runs
	@$(TASK) test-landing $(ONLY)

test-nightly: ## All there is: many random examples, core's and others' suites, long runs
	@$(TASK) test-nightly $(ONLY)

test-core: ## Core's own suites with the module installed (SUITES="mrp mrp_account" for some)
	@$(TASK) test-core $(SUITES)

lint: ## ruff, pylint-odoo, and the rules of the house (tools/house.py)
	@$(TASK) lint

gate: ## What the community runs before an addon is merged (FIX=1 writes what formatters want)
	@$(TASK) gate $(if $(FIX),--fix)

bench: ## How fast orders are completed, as ratios to core (ONLY="background" for a part)
	@$(TASK) bench $(ONLY)

digests: ## What the shortcuts stand for of core, as this Odoo has it: after an update
	@$(TASK) digests

concurrency: ## Processes at orders that share components (OPTIONS="--rule=block --seconds=60")
	@$(TASK) concurrency $(OPTIONS)

compare: ## Random work with and without the module, row by row (OPTIONS="--seed=7 --worlds=60")
	@$(TASK) compare $(OPTIONS)

translations: ## Write i18n/mrp_backflush.pot anew, and bring the languages up to it
	@$(TASK) translations

screenshots: ## Take the README's pictures anew
	@$(TASK) screenshots

icon: ## Draw static/description/icon.png anew, from icon.svg
	@$(TASK) icon

lock: ## Resolve the Python dependencies anew
	@$(TASK) lock

readme: ## Make README.rst and static/description/index.html from readme/
	@$(TASK) readme

dist: ## Build the wheel
	@$(TASK) dist

clean: ## Remove all that the set-up made (.dev), databases of an own server excepted
	@rm -rf .dev dist
