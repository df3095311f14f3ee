#!/bin/bash
# lint.sh: lock files, format and clippy, in all workspaces. A part that is not installed is skipped aloud.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

# has <cargo subcommand> <component>
has() {
    if cargo "$1" --version >/dev/null 2>&1; then return; fi
    notice "SKIPPED: cargo $1 is not installed (rustup component add $2)"
    return 1
}

failed=0
# run <what> <directory> <command>...
run() {
    local what="$1" dir="$2"
    shift 2
    say "$what ($dir)"
    (cd "$TOOLCHAIN_SRC/../$dir" && "$@") || { failed=1; say "$what ($dir): not clean"; }
}

for workspace in . tests proofs crates/engine/benches crates/keeper/benches crates/machine/fuzz crates/engine-wasm toolchain/bindgen; do
    run "Cargo.lock is up to date" "$workspace" cargo tree --locked >/dev/null
done
if has fmt rustfmt; then
    for workspace in . tests proofs crates/engine/benches crates/keeper/benches crates/machine/fuzz crates/engine-wasm toolchain/bindgen; do
        run "cargo fmt --check" "$workspace" cargo fmt --all --check
    done
fi
if has clippy clippy; then
    run "cargo clippy" . env CARGO_TARGET_DIR="$PLIMSOLL_CACHE/target" \
        cargo clippy --workspace --all-targets -- -D warnings
    run "cargo clippy" tests env CARGO_TARGET_DIR="$PLIMSOLL_CACHE/tests-target" \
        cargo clippy --workspace --all-targets --features plimsoll-keeper/geyser -- -D warnings
    run "cargo clippy" proofs env CARGO_TARGET_DIR="$PLIMSOLL_CACHE/proofs-target" \
        cargo clippy --workspace --all-targets -- -D warnings
    run "cargo clippy" crates/engine-wasm env CARGO_TARGET_DIR="$PLIMSOLL_CACHE/wasm-target" \
        cargo clippy --all-features -- -D warnings
fi
exit "$failed"
