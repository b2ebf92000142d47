# Everything a user or a contributor starts. Each target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TREE := .cache/tree/ansible_collections/ccloud
WITH_TREE = ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.cache/tree PATH=$(CURDIR)/$(BIN):$$PATH
export ANSIBLE_LOCALHOST_WARNING := False
export ANSIBLE_INVENTORY_UNPARSED_WARNING := False
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements/constraints.txt

.PHONY: help demo test matrix faults bench lint sanity integration eda docs build clean
help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(VENV)/test-ready: requirements/test.txt requirements/constraints.txt tests/emulator/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info else "Python 3.11 or newer is needed; this is %s. Say which with: make PYTHON=python3.11" % sys.version.split()[0])'
	@echo "Setting up $(VENV) (once; about two minutes) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP_INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)/lint-ready: requirements/lint.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/lint.txt
	@touch $@

# The collection under the path that ansible-core wants.
$(TREE)/notifications:
	@mkdir -p $(TREE)
	@ln -sfn $(CURDIR) $@

demo: $(VENV)/test-ready $(TREE)/notifications ## Run the main job against an emulator, twice
	@$(BIN)/python tests/demo

test: $(VENV)/test-ready ## Run all tests
	@rm -rf collections
	COVERAGE_FILE=$(CURDIR)/.coverage $(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term-missing:skip-covered --cov-fail-under=90 $(ARGS)

matrix: ## Run the tests on every ansible-core and Python; a table
	@$(PYTHON) tests/matrix $(ARGS)

faults: $(VENV)/test-ready ## Run the whole fault matrix (about an hour; ARGS="-k create" for a part)
	@rm -rf collections
	FAULTS=all $(BIN)/python -m pytest tests/faults -n 2 --dist worksteal $(ARGS)

bench: $(VENV)/test-ready $(TREE)/notifications ## Measure, side by side, and print ratios
	@$(BIN)/python tests/benchmark $(ARGS)

lint: $(VENV)/lint-ready $(TREE)/notifications ## Run every linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/yamllint --strict .
	cd .cache/tree && MYPYPATH=. ../../$(BIN)/mypy --config-file ../../pyproject.toml -p ansible_collections.ccloud.notifications.plugins.module_utils
	$(WITH_TREE) $(BIN)/ansible-lint --offline
	$(BIN)/antsibull-changelog lint
	$(BIN)/reuse lint --quiet || $(BIN)/reuse lint

sanity: $(VENV)/test-ready ## Run ansible-test sanity
	@sh tests/ansible-test.sh $(BIN) sanity $(ARGS)

integration: $(VENV)/test-ready ## Run the targets by ansible-test too
	@sh tests/ansible-test.sh $(BIN) integration $(ARGS)

$(VENV)/eda-ready: requirements/eda.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/eda.txt
	@touch $@

eda: $(VENV)/eda-ready $(TREE)/notifications ## Run the rulebook by a real ansible-rulebook (needs Java 17)
	$(BIN)/python -m pytest tests/eda $(ARGS)

$(VENV)/docs-ready: requirements/docs.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/docs.txt
	@touch $@

# Generated pages and written ones are laid side by side first, so that none of the former gets among the latter.
DOCS := .cache/docs
docs: $(VENV)/docs-ready $(TREE)/notifications ## Build the documentation in docs/build/html
	@rm -rf $(DOCS) docs/build && mkdir -p $(DOCS)
	@cp -r docs/*.md docs/guides docs/conf.py $(DOCS) && cp CHANGELOG.rst $(DOCS)/changelog.rst
	$(WITH_TREE) $(BIN)/antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self .
	$(WITH_TREE) $(BIN)/antsibull-docs collection --use-current --fail-on-error \
		--no-add-antsibull-docs-version --dest-dir $(DOCS) ccloud.notifications
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --builder html $(DOCS) docs/build/html
	@echo "Open docs/build/html/index.html"

build: $(VENV)/test-ready ## Build the release archive in dist/
	@mkdir -p dist
	$(BIN)/ansible-galaxy collection build --force --output-path dist

clean: ## Remove everything that was made
	rm -rf $(VENV) .cache dist collections docs/build tests/output .coverage* .mypy_cache .ruff_cache .hypothesis
