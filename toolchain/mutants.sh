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

"$bin/cargo-mutants" mutants --list --json --diff --package plimsoll-engine --no-shuffle >"$out/list.json"
python3 "$TOOLCHAIN_SRC/mutants.py" "$out/list.json" "$out" "$out/outcomes.json" "$shard"
python3 "$TOOLCHAIN_SRC/check-mutants.py" "$out/outcomes.json" docs/mutants.md "${shard:-all}"
