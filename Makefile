# The menu of this project. `make help` shows it; the work is done by scripts/.

PREFIX ?= /usr/local
DESTDIR ?=
VENV ?= .venv

.DEFAULT_GOAL := help
.PHONY: help deps build release demo test test-empty unit e2e bench format check install uninstall clean

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' Makefile

deps: ## Install what building, testing and measuring need
	@scripts/install-dependencies build test bench
	@scripts/make-venv $(VENV)
	@scripts/make-aws-cli $(VENV)

build: ## Build for development
	@scripts/install-dependencies build
	@swift build

release: ## Build what is installed: static Swift runtime, the hook wholly static on Linux
	@scripts/install-dependencies build
	@scripts/build-release

demo: ## Try it without a cloud account: three stacks, a countdown, a protected identity
	@scripts/install-dependencies build demo
	@scripts/build-release
	@scripts/demo

test: ## Install what is missing, build, and run every test
	@scripts/test

unit: ## Run the Swift tests only
	@scripts/test unit

e2e: ## Run the Python tests only (shells, AWS CLI, moto); E2E="-k name" and SHELLS=bash narrow
	@scripts/test e2e $(if $(SHELLS),--shells="$(SHELLS)") $(E2E)

test-empty: ## Show that the Python tests can fail: run them against a program that does nothing
	@scripts/install-dependencies test
	@scripts/test-empty $(E2E)

bench: ## Print the budgets of docs/architecture.md against their peers; 1 if one does not hold
	@scripts/install-dependencies build bench
	@scripts/make-venv $(VENV)
	@scripts/build-release
	@Benchmarks/run

format: ## Format every Swift, Python and fish file
	@scripts/make-venv $(VENV)
	@swift format --in-place --parallel --recursive Package.swift Sources Tests shell Benchmarks
	@$(VENV)/bin/ruff check --quiet --select I --fix && $(VENV)/bin/ruff format
	@fish_indent --write $$(git ls-files '*.fish')

check: ## Lint, import rules, warnings, shell syntax, linkage, what programs need
	@scripts/install-dependencies build test
	@scripts/make-venv $(VENV)
	@scripts/check

install: ## Build and install into PREFIX (/usr/local)
	@scripts/install-dependencies build
	@scripts/build-release
	@DESTDIR="$(DESTDIR)" scripts/install "$(PREFIX)"

uninstall: ## Remove what `install` put into PREFIX
	@DESTDIR="$(DESTDIR)" scripts/install --remove "$(PREFIX)"

clean: ## Remove build products and the Python environment
	rm -rf .build .build-release $(VENV) Benchmarks/out
