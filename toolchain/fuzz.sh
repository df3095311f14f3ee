#!/bin/bash
# fuzz.sh <seconds>: the state machine under libFuzzer. A crash is written as a scenario file, which is then a test.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

seconds="$1"
cd "$TOOLCHAIN_SRC/.."
if ! command -v c++ >/dev/null; then
    notice "SKIPPED: fuzzing needs a C++ compiler for libFuzzer, and there is none"
    exit 0
fi
bin="$("$TOOLCHAIN_SRC/cargo-tool.sh" cargo-fuzz "$CARGO_FUZZ_VERSION")"
# Coverage is a pass of LLVM that the stable compiler has; only the sanitisers are nightly's, and code without `unsafe`
# has little for them to find. The flag lets cargo-fuzz ask the stable compiler.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$PLIMSOLL_CACHE/fuzz-target"
corpus="$PLIMSOLL_CACHE/fuzz-corpus" crashes="$PLIMSOLL_CACHE/fuzz-crashes/"
mkdir -p "$corpus" "$crashes"
rm -f "$crashes"/*
status=0
"$bin/cargo-fuzz" fuzz run --fuzz-dir crates/machine/fuzz --sanitizer none exchange "$corpus" -- \
    -max_total_time="$seconds" -max_len=1603 -len_control=20 -print_final_stats=1 -artifact_prefix="$crashes" || status=$?
for crash in "$crashes"*; do
    [[ -f "$crash" ]] || continue
    cargo run --quiet --manifest-path crates/machine/Cargo.toml --profile machine -- keep "$crash"
done
exit "$status"
