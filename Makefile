# The entry points for users and contributors. Every target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TREE := .cache/tree/ansible_collections/ccloud
VERSION ?= $(shell sed -n 's/^version: //p' galaxy.yml)
WITH_TREE = ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.cache/tree PATH=$(CURDIR)/$(BIN):$$PATH
export ANSIBLE_LOCALHOST_WARNING := False
export ANSIBLE_INVENTORY_UNPARSED_WARNING := False
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements/constraints.txt

.PHONY: help demo play screenshots probe test coverage matrix platform faults fuzz bench schema lint sanity integration eda secrets docs build importer release clean
help: ## Show this help
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(VENV)/test-ready: requirements/build.txt requirements/test.txt requirements/constraints.txt tests/emulator/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info else "Python 3.11 or newer is required; this is %s. Select another one: make PYTHON=python3.11" % sys.version.split()[0])'
	@echo "Setting up $(VENV) (once; about two minutes) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP_INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)/lint-ready: requirements/lint.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/lint.txt
	@touch $@

# The collection in a path that ansible-core accepts.
$(TREE)/notifications:
	@mkdir -p $(TREE)
	@ln -sfn $(CURDIR) $@

demo: $(VENV)/test-ready $(TREE)/notifications ## Run the bootstrap playbook twice against an emulator
	@$(BIN)/python tests/demo

play: $(VENV)/test-ready $(TREE)/notifications ## Keep an emulator running, and print commands to try (ARGS="--port 8124")
	@$(BIN)/python tests/play $(ARGS)

screenshots: $(VENV)/test-ready $(TREE)/notifications ## Make the images in docs/images (requires Chromium)
	@$(BIN)/python tests/screenshots

probe: $(VENV)/test-ready ## Test the open questions of the contract against a real organization (see docs/certainty.md)
	@$(BIN)/python tests/probe $(ARGS)

test: $(VENV)/test-ready $(TREE)/notifications ## Run all tests
	@rm -rf collections
	@$(BIN)/python tests/matrix --prepare-smoke
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)
	@$(if $(ARGS),,.ci/passed test)

coverage: $(VENV)/test-ready $(TREE)/notifications ## Run all tests and list the lines that no test covers
	@rm -rf collections
	COVERAGE_FILE=$(CURDIR)/.coverage $(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term-missing:skip-covered \
		--cov-report=xml:.cache/coverage.xml --cov-fail-under=90 $(ARGS)

matrix: ## Run the tests on every supported ansible-core and Python
	@$(PYTHON) tests/matrix $(ARGS)
	@$(if $(ARGS),,.ci/passed matrix)

# With PLATFORM_CONTROLLER=URL and CONTROLLER_OAUTH_TOKEN, also against that controller, which keeps what is created.
platform: $(VENV)/test-ready ## Play the content for Automation Platform on every ansible-core, and Molecule
	@rm -rf collections
	@$(BIN)/python tests/matrix --prepare-platform
	PLATFORM=all $(BIN)/python -m pytest tests/platform_tests tests/docs/test_pages.py -n 2 --dist worksteal $(ARGS)

faults: $(VENV)/test-ready ## Run the complete fault matrix (about an hour; ARGS="-k create" selects a part)
	@rm -rf collections
	FAULTS=all $(BIN)/python -m pytest tests/faults tests/probe_tests -n 2 --dist worksteal $(ARGS)

$(VENV)/fuzz-ready: requirements/fuzz.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)/fuzz-ready $(TREE)/notifications ## Fuzz every module (ARGS=-max_total_time=60 sets the time limit in seconds)
	$(BIN)/python tests/robustness/fuzz.py $(or $(ARGS),-max_total_time=300)

bench: $(VENV)/test-ready $(TREE)/notifications ## Compare speed with alternatives
	@$(BIN)/python tests/benchmark $(ARGS)

schema: $(VENV)/test-ready ## Generate the JSON Schema of the organization file
	$(BIN)/python tests/organization_schema

lint: $(VENV)/lint-ready $(TREE)/notifications ## Run every linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/yamllint --strict .
	cd .cache/tree && MYPYPATH=. ../../$(BIN)/mypy --config-file ../../pyproject.toml \
		-p ansible_collections.ccloud.notifications.plugins.module_utils \
		-p ansible_collections.ccloud.notifications.plugins.plugin_utils \
		-p ansible_collections.ccloud.notifications.plugins.filter \
		-p ansible_collections.ccloud.notifications.plugins.lookup
	MYPYPATH=tests $(BIN)/mypy -p emulator -p probe
	$(WITH_TREE) $(BIN)/ansible-lint --offline
	$(BIN)/antsibull-changelog lint
	$(BIN)/reuse lint --quiet || $(BIN)/reuse lint
	$(MAKE) --no-print-directory build importer
	@.ci/passed lint

# The importer of Ansible Galaxy has an environment of its own, because it requires older versions.
IMPORTER := .cache/importer
$(IMPORTER)/ready: requirements/importer.txt
	@$(PYTHON) -m venv --clear $(IMPORTER)
	@$(IMPORTER)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/importer.txt
	@touch $@

importer: $(IMPORTER)/ready
	@cd .cache && PATH=$(CURDIR)/$(IMPORTER)/bin:$$PATH importer/bin/python -m galaxy_importer.main \
		../dist/ccloud-notifications-$(VERSION).tar.gz > importer.log 2>&1 || { cat importer.log; exit 1; }
	@! grep -E "^(ERROR|WARNING)" .cache/importer.log
	@tail -1 .cache/importer.log

sanity: $(VENV)/test-ready ## Run ansible-test sanity (ARGS=all: of every supported ansible-core)
	@$(BIN)/python tests/matrix/ansible_test.py sanity $(ARGS)
	@$(if $(filter-out all,$(or $(ARGS),one)),,.ci/passed sanity)

integration: $(VENV)/test-ready ## Run the integration targets with ansible-test
	@$(BIN)/python tests/matrix/ansible_test.py integration $(ARGS)

$(VENV)/eda-ready: requirements/eda.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/eda.txt
	@touch $@

eda: $(VENV)/eda-ready $(TREE)/notifications ## Run the rulebook with ansible-rulebook (requires Java 17)
	$(BIN)/python -m pytest tests/eda $(ARGS)

# Lookups of other collections, in an environment of their own: these are large.
SECRETS := .cache/secrets
$(SECRETS)/ready: requirements/secrets.txt
	@$(PYTHON) -m venv --clear $(SECRETS)
	@$(SECRETS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/secrets.txt
	@touch $@

secrets: $(SECRETS)/ready $(VENV)/test-ready ## Run the lookups of the guide on secrets (about ten minutes to set up)
	$(BIN)/python -m pytest tests/secrets $(ARGS)

$(VENV)/docs-ready: requirements/docs.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/docs.txt
	@touch $@

# Written and generated pages are combined in a folder of their own, so that docs/ has written pages only.
DOCS := .cache/docs
docs: $(VENV)/docs-ready $(TREE)/notifications ## Build the documentation in docs/build/html
	@rm -rf $(DOCS) docs/build && mkdir -p $(DOCS)
	@cp -r docs/*.md docs/guides docs/ci docs/images docs/_static docs/conf.py $(DOCS)
	@$(BIN)/python .ci/extra_docs.py .
	$(WITH_TREE) $(BIN)/antsibull-docs lint-collection-docs --plugin-docs --check-extra-docs-refs --validate-collection-refs self .
	$(WITH_TREE) $(BIN)/antsibull-docs collection --use-current --fail-on-error \
		--no-add-antsibull-docs-version --dest-dir $(DOCS) ccloud.notifications
	@.ci/unreleased-changelog $(BIN)/antsibull-changelog $(VERSION) > $(DOCS)/collections/ccloud/notifications/changelog.rst
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --builder html $(DOCS) docs/build/html
	@! grep --recursive --files-with-matches --exclude=search.html 'admonition error' docs/build/html || { echo "These pages show an error."; exit 1; }
	@echo "Open docs/build/html/index.html"

# Building requires little, so it does not wait for the environment of the tests.
BUILD := .cache/build
$(BUILD)/ready: requirements/build.txt requirements/constraints.txt
	@$(PYTHON) -m venv --clear $(BUILD)
	@$(BUILD)/bin/python -m pip install --quiet --disable-pip-version-check --constraint requirements/constraints.txt -r requirements/build.txt
	@touch $@

build: $(BUILD)/ready ## Build the release archive in dist/
	@.ci/build $(BUILD)/bin/ansible-galaxy

release: $(VENV)/lint-ready ## Prepare a release: make release VERSION=X.Y.Z
	@.ci/release $(if $(filter command line,$(origin VERSION)),$(VERSION))

clean: ## Remove everything that make created
	rm -rf $(VENV) .cache dist collections docs/build tests/output .coverage* .mypy_cache .ruff_cache .hypothesis
