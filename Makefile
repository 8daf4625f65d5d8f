# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/build/collections
export ANSIBLE_LOCALHOST_WARNING := False
export ANSIBLE_INVENTORY_UNPARSED_WARNING := False
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup demo test test-all soak unit mutants lint integration bench bench-etcd hub-up hub-down docs module house

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup:  ## virtual environment and collections (done by every other target)
	@$(PYTHON) tests/tools/bootstrap.py

demo: setup  ## the main job on a real API server, with the shipped playbooks
	@$(BIN)/python tests/tools/demo.py

hub-up: setup  ## start the embedded management cluster
	@tests/hub/hub build
	@tests/hub/hub up

hub-down:  ## stop every embedded management cluster of this checkout
	@tests/hub/hub down --all

test: setup  ## everything CI checks
	@$(BIN)/python tests/tools/check.py

test-all: setup  ## also the other cores, both execution paths, own definitions, every step of molecule
	@$(BIN)/python tests/tools/check.py --tier all

soak: setup  ## the long proofs, whole; as root, hours
	@$(BIN)/python tests/tools/check.py --tier soak

unit: setup  ## fast tests, no server, in random order (SEED=... repeats one); branches covered per package
	@$(BIN)/python tests/tools/units.py

mutants: setup  ## do the unit tests see wrongs? PACKAGE="_health _etcd_snapshots/stores/s3/store.py" SEED=1 COUNT=10, or NAMED=1
	@$(BIN)/python tests/tools/mutants.py $(PACKAGE) $(if $(NAMED),--named) --seed $(or $(SEED),1) --count $(or $(COUNT),10)

lint: setup  ## ruff, mypy, ansible-lint, antsibull-docs, galaxy-importer, generated files
	@$(BIN)/python tests/tools/check.py lint

integration: setup  ## through ansible-playbook on the embedded hub
	@$(BIN)/python tests/tools/check.py integration

bench: setup  ## side-by-side timings into docs/benchmarks.md and build/bench.json
	@tests/hub/hub build
	@$(BIN)/python tests/bench/run.py

bench-etcd: setup  ## etcd: transfers at speed and under 1,000 faults, restores; as root, about half an hour
	@$(BIN)/python tests/bench/etcd.py

docs: setup  ## regenerate what is generated
	@$(BIN)/python tests/tools/generate.py

module: setup  ## the files of a new module from templates: NAME=hosted_cluster_age_info PACKAGE=_clusters
	@$(BIN)/python tests/tools/new_module.py "$(NAME)" "$(PACKAGE)"

house: setup  ## counts that tell how well this repository is kept; BEFORE=<revision> beside those of then, CPU=1 with CPU times
	@$(BIN)/python tests/tools/house.py $(if $(BEFORE),--before $(BEFORE)) $(if $(CPU),--cpu)
