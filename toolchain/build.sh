#!/bin/bash
# build.sh <manifest directory> <out.so> [cargo arguments]...: builds a program crate for sBPFv3.
# Installs the toolchain first when needed. See README.md for what the crate must contain.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$TOOLCHAIN_SRC/lib/flags.sh"
. "$TOOLCHAIN_SRC/lib/selftest.sh"

[[ $# -ge 2 ]] || die "usage: build.sh <manifest directory> <out.so> [cargo arguments]..."
manifest="$(realpath "$1")/Cargo.toml"
out="$(realpath -m "$2")"
shift 2
[[ -f "$manifest" ]] || die "no $manifest"
"$TOOLCHAIN_SRC/install.sh"
mkdir -p "$(dirname "$out")"

if [[ "$(<"$PREFIX/builder")" == cargo-build-sbf ]]; then
    scratch="$(mktemp -d)"
    trap 'rm -rf "$scratch"' EXIT
    build_with_cargo_build_sbf "$(dirname "$manifest")" "$scratch" "$@"
    built="$(ls "$scratch"/*.so)"
else
    # Cargo's report names the file of exactly this crate, whatever its library is called.
    report="$(sbf_cargo build --manifest-path "$manifest" --message-format json-render-diagnostics "$@")"
    built="$(grep -F "\"manifest_path\":\"$manifest\"" <<<"$report" |
        grep -o "\"$SBF_TARGET/[^\"]*\.so\"" | tail -n 1 | tr -d '"' || true)"
    [[ -n "$built" ]] || die "$manifest has no library of crate-type cdylib"
fi
# Moved into place, so that no test ever reads half a program.
cp "$built" "$out.new"
mv "$out.new" "$out"
say "$out ($(stat -c %s "$out") bytes)"
