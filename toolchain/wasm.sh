#!/bin/bash
# wasm.sh <web|nodejs> <directory> [cargo arguments]...: crates/engine-wasm with its bindings and their types.
#
# With rustup's target wasm32-unknown-unknown where that is installed, else with the unpacked compiler that builds the
# program, which has the source of std, and rustup's linker.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

[[ $# -ge 2 ]] || die "usage: wasm.sh <web|nodejs> <directory> [cargo arguments]..."
target="$1" out="$(realpath -m "$2")"
shift 2
triple=wasm32-unknown-unknown
crate="$TOOLCHAIN_SRC/../crates/engine-wasm"
export CARGO_TARGET_DIR="$PLIMSOLL_CACHE/wasm-target"

# build <cargo arguments>...: with whichever compiler there is.
build() {
    if [[ -d "$(rustc --print sysroot)/lib/rustlib/$triple/lib" ]]; then
        env -u RUSTFLAGS cargo build "$@"
        return
    fi
    "$TOOLCHAIN_SRC/install.sh"
    [[ -x "$PREFIX/bin/rustc" ]] || die "no compiler for WebAssembly: rustup target add $triple"
    local linker
    linker="$(find "$(rustc --print sysroot)/lib/rustlib" -name rust-lld -type f | head -n 1)"
    [[ -x "$linker" ]] || die "no linker for WebAssembly: rustup target add $triple"
    # The source of std is in the unpacked compiler; panics abort there too, so that none of their machinery is linked.
    env -u RUSTFLAGS -u RUSTC_WRAPPER RUSTC="$PREFIX/bin/rustc" RUSTC_BOOTSTRAP=1 \
        CARGO_ENCODED_RUSTFLAGS="-Clinker=$linker"$'\x1f'"-Clinker-flavor=wasm-ld" \
        cargo build -Z build-std=std,panic_abort "$@"
}

build --release --locked --target "$triple" --manifest-path "$crate/Cargo.toml" "$@"
(cd "$TOOLCHAIN_SRC/bindgen" && quietly bindgen cargo build --release --locked)
rm -rf "$out.new"
"$CARGO_TARGET_DIR/release/plimsoll-bindgen" "$CARGO_TARGET_DIR/$triple/release/plimsoll_engine_wasm.wasm" "$target" "$out.new"
replace_dir "$out.new" "$out"
say "$out ($(stat -c %s "$out/engine_bg.wasm") bytes, $(gzip -9 -c "$out/engine_bg.wasm" | wc -c) gzipped)"
