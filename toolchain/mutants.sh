#!/bin/bash
# mutants.sh [k/n]: changes the engine in every way that cargo-mutants knows and runs its tests against each. With a shard
# only every n-th mutant, from the k-th on. docs/mutants.md lists and explains whatever the tests do not notice.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

shard="${1:-}"
bin="$("$TOOLCHAIN_SRC/cargo-tool.sh" cargo-mutants "$CARGO_MUTANTS_VERSION")"
out="$PLIMSOLL_CACHE/mutants"
cd "$TOOLCHAIN_SRC/.."
rm -rf "$out"
mkdir -p "$out"

# Each job has a copy of the tree and compiles there. All tests are in one binary, with fewer random cases: what needs
# thousands of them to be noticed is listed as a survivor.
arguments=(--package plimsoll-engine --profile mutants --jobs "$(nproc)" --no-shuffle --timeout 60 --build-timeout 600
    --colors never --output "$out")
if [[ -n "$shard" ]]; then arguments+=(--shard "$shard" --sharding round-robin); fi
status=0
env -u CARGO_TARGET_DIR PLIMSOLL_CASES_DIVISOR=10 RUST_BACKTRACE=0 \
    "$bin/cargo-mutants" mutants "${arguments[@]}" -- --test engine || status=$?
# 2: some were missed, 3: some timed out. Which of them may, check-mutants.py knows; anything else is a failure.
if [[ $status != 0 && $status != 2 && $status != 3 ]]; then die "cargo mutants ended with $status"; fi
python3 "$TOOLCHAIN_SRC/check-mutants.py" "$out/mutants.out/outcomes.json" docs/mutants.md "${shard:-all}"
