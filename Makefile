# The entry points for users and contributors. Every target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TREE := .cache/tree/ansible_collections/ccloud
VERSION ?= $(shell sed -n 's/^version: //p' galaxy.yml)
WITH_TREE = ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.cache/tree PATH=$(CURDIR)/$(BIN):$$PATH
# make test ARGS=--cov writes one file, also in processes that start elsewhere.
export COVERAGE_FILE := $(CURDIR)/.coverage
export ANSIBLE_LOCALHOST_WARNING := False
export ANSIBLE_INVENTORY_UNPARSED_WARNING := False
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements/constraints.txt

# What `make test-all` runs. Each part is a target of its own: make test-all/faults ARGS="-k create"
PARTS := matrix sanity integration platform faults fuzz eda clients
.PHONY: help demo play probe test test-all $(PARTS:%=test-all/%) bench lint docs build release clean
help: ## Show this help
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(VENV)/test-ready: requirements/build.txt requirements/test.txt requirements/constraints.txt tools/emulator/requirements.txt
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
	@$(BIN)/python tools/demo

play: $(VENV)/test-ready $(TREE)/notifications ## Keep an emulator running, and print commands to try (ARGS="--port 8124")
	@$(BIN)/python tools/play $(ARGS)

probe: $(VENV)/test-ready ## Test the open questions of the contract against a real organization (see docs/certainty.md)
	@$(BIN)/python tools/probe $(ARGS)

test: $(VENV)/test-ready $(TREE)/notifications ## Run all tests (ARGS="-k name" selects, ARGS=--cov measures coverage)
	@$(BIN)/python tools/matrix --prepare-smoke
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)
	@$(if $(ARGS),,.ci/passed test)

test-all: $(PARTS:%=test-all/%) ## Run the tests on every supported release, and those that take long (hours)

# Run the tests on every supported ansible-core and Python.
test-all/matrix:
	@$(PYTHON) tools/matrix $(ARGS)
	@$(if $(ARGS),,.ci/passed matrix)

# Run ansible-test sanity of every supported ansible-core (ARGS=one: only of that in .venv).
test-all/sanity: $(VENV)/test-ready
	@$(BIN)/python tools/matrix/ansible_test.py sanity $(or $(ARGS),all)
	@$(if $(ARGS),,.ci/passed sanity)

# Run the integration targets with ansible-test.
test-all/integration: $(VENV)/test-ready
	@$(BIN)/python tools/matrix/ansible_test.py integration $(ARGS)

# With PLATFORM_CONTROLLER=URL and CONTROLLER_OAUTH_TOKEN, also against that controller, which keeps what is created.
# Play the content for Automation Platform on every ansible-core, and Molecule.
test-all/platform: $(VENV)/test-ready
	@$(BIN)/python tools/matrix --prepare-platform
	PLATFORM=all $(BIN)/python -m pytest tests/playbooks/platform_tests tests/packaging/test_pages.py -n 2 --dist worksteal $(ARGS)

# Run the complete fault matrix (about an hour; ARGS="-k create" selects a part).
test-all/faults: $(VENV)/test-ready
	FAULTS=all $(BIN)/python -m pytest tests/modules/faults tests/tools/probe_tests -n 2 --dist worksteal $(ARGS)

$(VENV)/fuzz-ready: requirements/fuzz.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/fuzz.txt
	@touch $@

# Fuzz every module (ARGS=-max_total_time=60 sets the time limit in seconds).
test-all/fuzz: $(VENV)/fuzz-ready $(TREE)/notifications
	$(BIN)/python tests/modules/robustness/fuzz.py $(or $(ARGS),-max_total_time=300)

$(VENV)/eda-ready: requirements/eda.txt $(VENV)/test-ready
	@$(PIP_INSTALL) -r requirements/eda.txt
	@touch $@

# Run the rulebook with ansible-rulebook (requires Java 17).
test-all/eda: $(VENV)/eda-ready $(TREE)/notifications
	$(BIN)/python -m pytest tests/playbooks/eda $(ARGS)

# The generators have an environment of their own, because they require other versions.
CLIENTS := .cache/clients
$(CLIENTS)/ready: requirements/clients.txt
	@$(PYTHON) -m venv --clear $(CLIENTS)
	@$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/clients.txt
	@touch $@

# Generate clients from the contract, and read responses with them (requires Java 11).
test-all/clients: $(CLIENTS)/ready $(VENV)/test-ready
	$(BIN)/python -m pytest tests/packaging/test_generated_clients.py $(ARGS)

bench: $(VENV)/test-ready $(TREE)/notifications ## Compare speed with alternatives
	@$(BIN)/python tools/benchmark $(ARGS)

lint: $(VENV)/lint-ready $(TREE)/notifications ## Run every linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/yamllint --strict .
	cd .cache/tree && MYPYPATH=. ../../$(BIN)/mypy --config-file ../../pyproject.toml \
		-p ansible_collections.ccloud.notifications.plugins.module_utils \
		-p ansible_collections.ccloud.notifications.plugins.plugin_utils \
		-p ansible_collections.ccloud.notifications.plugins.lookup \
		-p ansible_collections.ccloud.notifications.plugins.modules
	MYPYPATH=tools $(BIN)/mypy -p emulator -p probe -p contract_differences
	MYPYPATH=extensions/pipelines $(BIN)/mypy -m review
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows docs/ci/github-actions.yml .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.gitlab-ci docs/ci/gitlab-ci.yml
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
