# One target per stage of CI; `make` alone lists them. Nothing here needs the Anchor CLI or Solana's tools.
#
# Cargo's target directories are in the user's cache, so that a fresh clone need not compile everything again. What is
# made for people and tests is in target/{deploy,idl,demo} here.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Stages print one after another, and cargo uses all cores by itself.
.NOTPARALLEL:

CACHE := $(abspath $(or $(PLIMSOLL_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/plimsoll))
export PLIMSOLL_CACHE := $(CACHE)
export BPF_OUT_DIR := $(CURDIR)/target/deploy

PROGRAM := target/deploy/plimsoll.so
METER := target/deploy/plimsoll_meter.so
IDL := target/idl/plimsoll.json
SUMMARY := target/demo/summary.json
VECTORS := target/vectors/vectors.jsonl
FOUND := target/vectors/found.txt
ANSWERS := target/vectors/answers.jsonl
WASM := target/wasm/engine_bg.wasm
APP := target/app/index.html
# What `plimsoll up` wrote about the network that `make serve` shows.
NETWORK := $(HOME)/.local/state/plimsoll/network.json

# Test binaries that need no network, and those that start one.
PART_TESTS := answers book decimals desk drafts help params parameters plans view
NETWORK_TESTS := io localnet network

ACTIONS := 3000000
FUZZ_SECONDS := 60
# The part of the mutants that CI tries.
SHARD := 0/16

in_root := CARGO_TARGET_DIR=$(CACHE)/target
in_tests := cd tests && CARGO_TARGET_DIR=$(CACHE)/tests-target
# All of it with one set of features: nothing is compiled twice (ADR 40).
net := --workspace --all-targets --features plimsoll-keeper/geyser
tested := --workspace --features plimsoll-keeper/geyser
built := $(CACHE)/tests-target/debug
in_proofs := cd proofs && CARGO_TARGET_DIR=$(CACHE)/proofs-target
say = @printf '==> %s\n' "$(1)"
# files_of <directories>: everything in them that a build could depend on
files_of = $(shell find $(1) -type f -not -path '*/target/*' -not -name '*.md')

##@ Build

.PHONY: toolchain
toolchain: checkout ## What a bare Debian 12 with Rust lacks: packages, and a tested compiler for the VM
	$(call say,toolchain: packages and the compiler for the VM)
	@toolchain/system.sh
	@toolchain/install.sh

.PHONY: build
build: $(PROGRAM) $(METER) $(IDL) ## The program for the VM, the meter of the engine and the IDL, in target/deploy and target/idl

$(PROGRAM) $(METER): $(call files_of,crates/engine/src crates/words/src toolchain/build.sh toolchain/versions.sh toolchain/lib \
		toolchain/sbpf toolchain/int128/src) crates/engine/Cargo.toml crates/words/Cargo.toml Cargo.toml Cargo.lock | toolchain
	$(call say,build: $@)
	@toolchain/build.sh $(CRATE) $@

$(PROGRAM): CRATE := programs/plimsoll
$(METER): CRATE := programs/meter
$(PROGRAM): $(call files_of,programs/plimsoll)
$(METER): $(call files_of,programs/meter)

$(IDL): $(call files_of,programs/plimsoll crates/engine/src crates/words/src crates/idl/src) crates/engine/Cargo.toml crates/words/Cargo.toml \
		crates/idl/Cargo.toml Cargo.toml Cargo.lock | toolchain
	$(call say,build: $@)
	@$(in_root) cargo build -p plimsoll-idl
	@CARGO_TARGET_DIR=$(CACHE)/idl-target $(CACHE)/target/debug/plimsoll-idl programs/plimsoll $@

.PHONY: network
network: build ## Everything that speaks to a cluster: client, local network, keeper, command line, tests
	$(call say,network: the workspace of tests/)
	@$(in_tests) cargo build $(net)
	@mkdir -p target/bin && cp $(built)/plimsoll target/bin/plimsoll

.PHONY: wasm
wasm: $(WASM) ## The engine for the browser with its types, in target/wasm

engine_sources := $(call files_of,crates/engine-wasm crates/desk/src crates/client/src crates/engine/src crates/words/src programs/plimsoll/src \
		toolchain/bindgen toolchain/wasm.sh toolchain/versions.sh toolchain/lib) crates/desk/Cargo.toml crates/client/Cargo.toml

$(WASM): $(engine_sources) | toolchain
	$(call say,wasm: $@)
	@toolchain/wasm.sh web target/wasm

.PHONY: node
node: checkout
	@toolchain/node.sh

.PHONY: app
app: $(APP) ## The web app, in target/app: static files, and a network.json to put beside them

$(APP): $(WASM) $(shell find app -type f -not -path '*/node_modules/*') | node
	$(call say,app: types, build, size)
	@cd app && npm run --silent lint && npm run --silent types && npm run --silent build -- --logLevel warn && npm run --silent size

.PHONY: idl
idl: $(IDL) node ## Writes the IDL in app/client, and the TypeScript generated from it, anew
	$(call say,idl: app/client)
	@cp $(IDL) app/client/idl/plimsoll.json
	@cd app && npm run --silent generate

.PHONY: checkout
checkout:
	@toolchain/checkout.sh

##@ Check

.PHONY: fmt
fmt: ## Formats all Rust code
	$(call say,fmt)
	@cargo fmt --all
	@cd tests && cargo fmt --all
	@cd proofs && cargo fmt --all

.PHONY: lint
lint: toolchain ## Lock files, cargo fmt --check and clippy without a warning, in all workspaces
	$(call say,lint: lock files, format, clippy)
	@toolchain/lint.sh

.PHONY: test-engine
test-engine: toolchain ## Tests of the engine, the client and the IDL, on the host
	$(call say,test-engine: cargo test of the root workspace)
	@$(in_root) cargo test --workspace
	@python3 crates/engine/tables.py --check

.PHONY: test-int128
test-int128: checkout ## Tests of the VM's 128-bit arithmetic against the host's
	$(call say,test-int128: cargo test of toolchain/int128)
	@cd toolchain/int128 && CARGO_TARGET_DIR=$(CACHE)/int128-target cargo test

# The Python of the solvers, made anew when their versions change.
SOLVERS := $(CACHE)/solvers

$(SOLVERS)/.installed: proofs/requirements.txt
	@toolchain/system.sh
	@python3 -m venv --clear $(SOLVERS)
	@$(SOLVERS)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.PHONY: prove
prove: checkout $(SOLVERS)/.installed ## Every path of each transition of the engine, for all values, by two solvers
	$(call say,prove: paths of the engine over symbolic integers)
	@$(in_proofs) cargo build --locked --release -p plimsoll-prove
	@rm -rf $(CACHE)/prove
	@Z3=$(SOLVERS)/bin/z3 $(CACHE)/proofs-target/release/prove $(CACHE)/prove
	$(call say,prove: z3 and cvc5 on what is claimed of them)
	@$(SOLVERS)/bin/python proofs/solve.py $(CACHE)/prove

.PHONY: vectors
vectors: checkout ## The reference model's vectors, made anew, on the engine: equal to the atom
	$(call say,vectors: tests/reference)
	@python3 -m tests.reference --out $(VECTORS)
	@$(in_root) PLIMSOLL_VECTORS=$(VECTORS) PLIMSOLL_VECTORS_FOUND=$(FOUND) cargo run -p plimsoll-vectors

.PHONY: test-wasm
test-wasm: $(WASM) network vectors ## The engine in WebAssembly against the native one: every vector, and answers about accounts, to the atom
	$(call say,test-wasm: parity)
	@$(built)/examples/answers > $(ANSWERS)
	@toolchain/wasm.sh nodejs target/wasm-vectors --features vectors
	@node crates/engine-wasm/parity.mjs target/wasm-vectors $(ANSWERS) $(VECTORS) $(FOUND)

.PHONY: verify-generated
verify-generated: $(IDL) node ## Whether the committed IDL is the source's, and the TypeScript client the IDL's
	$(call say,verify-generated: app/client)
	@cmp $(IDL) app/client/idl/plimsoll.json || { echo "app/client/idl/plimsoll.json is not what the source gives: make idl"; exit 1; }
	@node app/client/generate.mjs --check

.PHONY: test-app
test-app: $(APP) network ## Tests of the TypeScript client and of the web app
	$(call say,test-app: client and app)
	@$(built)/examples/client > target/client.jsonl
	@cd app && PLIMSOLL_CLIENT=$(CURDIR)/target/client.jsonl npm test --silent

# The Python of a client that was not written here.
SOLDERS := $(CACHE)/solders

$(SOLDERS)/.installed: app/tests/python/requirements.txt
	@toolchain/system.sh
	@python3 -m venv --clear $(SOLDERS)
	@$(SOLDERS)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.PHONY: test-app-network
test-app-network: $(APP) network $(SOLDERS)/.installed ## The web app in a browser on a local network, start to end; pictures in target/app-pictures
	$(call say,test-app-network: the app on a local network)
	@$(built)/examples/client > target/client.jsonl
	@browser="$$(toolchain/browser.sh)" && cd app && PLIMSOLL_CHROMIUM="$$browser" PLIMSOLL_PYTHON=$(SOLDERS)/bin/python \
		PLIMSOLL_BIN=$(CURDIR)/target/bin/plimsoll PLIMSOLL_PROGRAM=$(CURDIR)/$(PROGRAM) \
		PLIMSOLL_CLIENT=$(CURDIR)/target/client.jsonl npm run --silent e2e

.PHONY: test-program
test-program: network ## Tests of the real binary in the real runtime, with its compute units
	$(call say,test-program: cargo test in tests/ on $(PROGRAM))
	@$(in_tests) cargo test $(tested) --test cases

.PHONY: test-network
test-network: network ## Client, migrations, local network, keeper and command line: on an embedded network, with nodes and oracles that fail
	$(call say,test-network: parts)
	@$(in_tests) cargo test $(tested) --lib --bins $(foreach test,$(PART_TESTS),--test $(test))
	$(call say,test-network: on embedded networks)
	@$(in_tests) cargo test $(tested) $(foreach test,$(NETWORK_TESTS),--test $(test)) -- --test-threads 2
	$(call say,test-network: crashes)
	@$(in_tests) cargo test $(tested) --test crash -- --test-threads 1 --nocapture

.PHONY: exhaustive
exhaustive: checkout ## Every input of the engine over integers of 8 bits, against plain wide integers
	$(call say,exhaustive: the engine of 8 bits over all inputs)
	@$(in_proofs) cargo run --release --quiet -p plimsoll-exhaustive

.PHONY: matrix
matrix: network ## Writes docs/test-matrix.md anew from the tests
	$(call say,matrix: docs/test-matrix.md)
	@cd tests && $(built)/matrix --write

.PHONY: check-matrix
check-matrix: network ## Whether docs/test-matrix.md says what the tests do
	$(call say,check-matrix: docs/test-matrix.md)
	@cd tests && $(built)/matrix --check

.PHONY: test-demo
test-demo: network ## All scenarios of the demo to their end, and what must be true of each
	$(call say,test-demo: the hour of 10 October 2025)
	@rm -f $(SUMMARY)
	@cd tests && EXIT=1 env -u SCENARIO $(built)/demo
	@python3 toolchain/check-demo.py crash $(SUMMARY)
	$(call say,test-demo: a gap of 40 % in one step)
	@rm -f $(SUMMARY)
	@cd tests && EXIT=1 SCENARIO=gap $(built)/demo
	@python3 toolchain/check-demo.py gap $(SUMMARY)
	$(call say,test-demo: deleveraging)
	@rm -f $(SUMMARY)
	@cd tests && EXIT=1 SCENARIO=adl $(built)/demo
	@python3 toolchain/check-demo.py adl $(SUMMARY)
	$(call say,test-demo: a settlement)
	@rm -f $(SUMMARY)
	@cd tests && EXIT=1 SCENARIO=settlement $(built)/demo
	@python3 toolchain/check-demo.py settlement $(SUMMARY)

.PHONY: test-venue
test-venue: network $(APP) ## What `make demo` shows, to its end: fails if a liquidation was out of order or an atom is missing
	$(call say,test-venue: make demo EXIT=1)
	@EXIT=1 TRADERS=120 SCENARIO= toolchain/demo.sh target/bin/plimsoll $(built)/demo

.PHONY: stateful
stateful: checkout ## Three million engine actions by hostile actors against the shadow ledger. ACTIONS=n SEED=n
	$(call say,stateful: $(ACTIONS) engine actions)
	@$(in_root) cargo build --profile machine -p plimsoll-machine
	@$(CACHE)/target/machine/plimsoll-machine $(ACTIONS) $(SEED)

.PHONY: fuzz
fuzz: checkout ## The same machine under libFuzzer, for a minute. FUZZ_SECONDS=n
	$(call say,fuzz: $(FUZZ_SECONDS) seconds)
	@toolchain/fuzz.sh $(FUZZ_SECONDS)

.PHONY: mutants
mutants: checkout ## Every mutant of the engine against its tests (about half an hour)
	$(call say,mutants: all)
	@toolchain/mutants.sh

.PHONY: mutants-sample
mutants-sample: checkout ## The same for a fixed part of the mutants (about five minutes)
	$(call say,mutants-sample: shard $(SHARD))
	@toolchain/mutants.sh $(SHARD)

.PHONY: faults
faults: checkout $(SOLVERS)/.installed ## Ten deliberate faults against every method of docs/proofs.md, as a table (some minutes)
	$(call say,faults: proofs/faults.py)
	@python3 proofs/faults.py

.PHONY: bench
bench: checkout ## Account health evaluations per second, natively: fails under five million (2 legs, one core)
	$(call say,bench: criterion in crates/engine/benches)
	@cd crates/engine/benches && CARGO_TARGET_DIR=$(CACHE)/bench-target cargo bench --locked --bench health
	@python3 toolchain/check-bench.py $(CACHE)/bench-target/criterion/health/two_legs/new/estimates.json 1024 5e6

.PHONY: bench-keeper
bench-keeper: checkout ## A million accounts after a price tick: time, times less than looking at all, bytes of an account. Fails over its limits
	$(call say,bench-keeper: crates/keeper/benches)
	@cd crates/keeper/benches && CARGO_TARGET_DIR=$(CACHE)/bench-target cargo run --locked --release --quiet --bin ranking

.PHONY: test
test: toolchain build lint verify-generated test-engine test-int128 vectors test-wasm test-app test-app-network exhaustive prove stateful test-program test-network test-demo test-venue mutants-sample fuzz ## Everything that CI runs
	$(call say,test: all stages passed)

##@ Run

.PHONY: demo
demo: network $(APP) ## A venue on this machine: a crash, keepers, the web app. EXIT=1: ends after the crash. SCENARIO=gap, adl, settlement: those of test-demo
	$(call say,demo: $(or $(SCENARIO),the hour of 10 October 2025))
	@toolchain/demo.sh target/bin/plimsoll $(built)/demo

.PHONY: serve
serve: $(APP) ## The web app for a network that runs: NETWORK=its network.json
	@node app/scripts/serve.mjs $(NETWORK)

.PHONY: clean
clean: ## Removes target/ (the cache stays: rm -rf its directory to start from nothing)
	$(call say,clean: target/; the cache is $(CACHE))
	@rm -rf target

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
