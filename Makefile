# SPDX-License-Identifier: AGPL-3.0-only
# The verbs of this project; CI uses the same ones. `make` alone lists them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# What a person may set: PYTHON=/path/to/python3.12, NODE= (go on without Node), ARGS=--once.
NODE ?= $(shell command -v node 2>/dev/null)
export PYTHON NODE

BIN := $(CURDIR)/.venv/bin
ANVIL = $(firstword $(wildcard $(CURDIR)/node_modules/@foundry-rs/anvil-*-*/bin))
DEMO := $(BIN)/python -m scripts.demo
PYTEST := $(BIN)/python -m pytest

# The venv first: ape runs the `vyper` and the `anvil` that it finds on PATH.
export PATH := $(BIN):$(if $(ANVIL),$(ANVIL):)$(PATH)
# Nothing is written to the home directory, which may be empty or read-only.
export APE_DATA_FOLDER := $(CURDIR)/.cache/ape
export VVM_BINARY_PATH := $(CURDIR)/.cache/vvm
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo yes),yes)
export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export npm_config_cache := $(CURDIR)/.cache/npm
endif
# The native keccak for web3 and py-evm too, not only for our own code (docs/decisions/0001-toolchain.md).
export ETH_HASH_BACKEND := pysha3
# The certificates that the machine trusts, as pip and npm use them.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export PYTHONUTF8 := 1
# Where bytecode files are forbidden, ape and its hundred packages would be compiled at every start.
unexport PYTHONDONTWRITEBYTECODE
ifdef CI
export NO_COLOR := 1
endif

.PHONY: help setup node pages chromium screenshots peers indexer compile demo test bench bench-cred bench-distribution bench-mirror chaos chaos-relay fuzz fuzz-api mutants differential builds prove manifest sbom lint fmt lock

help:
	@echo 'make setup   install everything the project needs, inside this directory'
	@echo 'make demo    replay a real month of payouts on a local chain (ARGS=--once: then stop)'
	@echo 'make test    compile the contracts and run every test'
	@echo 'make screenshots  take a picture of every page, light, dark and on a phone, into screenshots/'
	@echo 'make bench   measure gas and speed, ours and that of others'
	@echo 'make bench-cred   time and memory of cred, from files to scores'
	@echo 'make bench-distribution   time and memory of a million leaves: document, tree, proofs, checks'
	@echo 'make chaos   mirror chains that take blocks back, behind nodes that fail, killed again and again'
	@echo 'make chaos-relay   a storm of signed ballots, and a relay that is killed while it sends'
	@echo 'make bench-mirror   time and memory of a backfill beside ponder, and the API under load'
	@echo 'make fuzz    run long random campaigns'
	@echo 'make fuzz-api  ask the API 200,000 questions made up from its own description'
	@echo 'make mutants put small mistakes into the contracts; do the tests notice?'
	@echo 'make differential   compare a million operations with those of OpenZeppelin contracts'
	@echo 'make builds  take the same walks over five builds of the contracts'
	@echo 'make prove   prove what must hold in any state, over the code as it is shipped'
	@echo 'make manifest  write what the contracts are made from and what comes out, docs/manifest.json'
	@echo 'make sbom    list every package and binary with its hashes, in dist/sbom.cdx.json'
	@echo 'make lint    check style and types, change nothing'
	@echo 'make fmt     put the Python sources into their written form'
	@echo 'make lock    write the lock files again after a change in pyproject.toml'

setup: .venv/.stamp node pages

.venv/.stamp: requirements-tools.lock requirements.lock pyproject.toml .ci/setup
	@.ci/setup python
	@touch $@

ifeq ($(NODE),)
node:
	@echo "setup: no Node: using ape's in-process chain"
else
node: node_modules/.stamp
endif

node_modules/.stamp: package.json .npmrc tools.sha256 npm.sha256 .ci/setup | .venv/.stamp
	@.ci/setup node
	@mkdir -p $(@D) && touch $@

# The scripts of the pages, which ship in the package. Without Node the pages only show.
BUILT := backend/millpond/web/dist/manifest.json
ifeq ($(NODE),)
pages:
	@test -e $(BUILT) || echo "setup: no Node: the pages only show"
else
pages: $(BUILT)
endif

$(BUILT): $(wildcard frontend/src/*) frontend/build.mjs frontend/node_modules/.stamp
	@.ci/setup pages

frontend/node_modules/.stamp: frontend/package.json frontend/.npmrc npm.sha256 .ci/setup | .venv/.stamp
	@.ci/setup frontend
	@touch $@

# For the tests of the pages, where it is missing and may be installed.
chromium:
	@.ci/setup chromium

# What others have published, for the bench alone. Without it the bench measures ours and says so.
ifeq ($(NODE),)
peers:
else
peers: bench/peers/node_modules/.stamp
endif

bench/peers/node_modules/.stamp: bench/peers/package.json bench/peers/.npmrc .ci/setup | setup
	@.ci/setup peers && touch $@ || echo "setup: the bench goes on without its peers"

ifeq ($(NODE),)
indexer:
else
indexer: bench/mirror/peer/node_modules/.stamp
endif

bench/mirror/peer/node_modules/.stamp: bench/mirror/peer/package.json bench/mirror/peer/.npmrc .ci/setup | setup
	@.ci/setup indexer && touch $@ || echo "setup: the bench goes on without ponder"

# --force: ape does not notice that a module changed and would keep its importers' old bytecode.
compile: setup
	@$(BIN)/ape compile --force --verbosity WARNING

demo: setup
	@$(DEMO) $(ARGS)

# A worker for each core, four at most; each takes whole files, whose tests share a chain.
test: compile chromium
	@$(PYTEST) -n auto --maxprocesses 4 --dist loadfile $(ARGS)

screenshots: setup chromium
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

bench: setup peers
	@$(BIN)/python -m bench $(ARGS)

bench-cred: setup
	@$(BIN)/python -m bench.cred $(ARGS)

bench-distribution: setup
	@$(BIN)/python -m bench.distribution $(ARGS)

# Beside ponder, which brings a node of its own; without it ours is measured alone.
bench-mirror: setup indexer
	@$(BIN)/python -m bench.mirror $(ARGS)

chaos: setup
	@$(BIN)/python -m bench.chaos $(ARGS)

chaos-relay: setup
	@$(BIN)/python -m bench.chaos_relay $(ARGS)

fuzz: setup
	@$(BIN)/python -m bench.fuzz $(ARGS)

fuzz-api: setup
	@$(BIN)/python -m bench.fuzz_api $(ARGS)

# In hours: it can be stopped, and goes on where it was.
mutants: setup
	@$(BIN)/python -m bench.mutants $(ARGS)

# OpenZeppelin's contracts are compiled from their own sources, by a compiler that runs on Node.
differential: setup
	@$(BIN)/python -m bench.differential $(ARGS)

builds: setup
	@$(BIN)/python -m bench.builds $(ARGS)

# The prover has packages of its own, since its pins may fight ours; and Solidity's compiler, which runs on Node.
ifeq ($(NODE),)
prove:
	@echo "prove: this needs Node 20 or newer, for Solidity's compiler" >&2; exit 1
else
prove: setup tests/proofs/.venv/.stamp
	@$(BIN)/python -m bench.prove $(ARGS)
endif

tests/proofs/.venv/.stamp: tests/proofs/requirements.lock tests/proofs/package.json .ci/setup | setup
	@.ci/setup prove
	@touch $@

manifest: setup
	@$(BIN)/python -m scripts.manifest $(ARGS)

sbom: setup
	@$(BIN)/python -m scripts.sbom $(ARGS)

# Off: frame sizes (1) and the prefix of arguments (11) are no faults; names and arguments that a
# standard prescribes (2, 10); and two that take a call into a module for a mere read (4, 5).
NATRIX_OFF := NTX1 NTX2 NTX4 NTX5 NTX10 NTX11
lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@test -z "$(NODE)" || "$(NODE)" frontend/node_modules/typescript/bin/tsc --project frontend
	@$(BIN)/natrix lint contracts/*.vy --disable $(NATRIX_OFF)

fmt: setup
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

# Every hash of every platform, and no address: see tests/house/test_registry.py.
LOCK := .tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate
lock: setup
	@$(LOCK) --group pyproject.toml:tools --output-file requirements-tools.lock >/dev/null
	@$(LOCK) pyproject.toml --all-extras --group chain --group test --group lint \
		--output-file requirements.lock >/dev/null
	@$(LOCK) tests/proofs/requirements.in --output-file tests/proofs/requirements.lock >/dev/null
	@$(MAKE) setup
