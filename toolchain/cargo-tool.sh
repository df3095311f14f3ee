#!/bin/bash
# cargo-tool.sh <crate> <version>: a cargo subcommand of exactly that version, built into the cache if it is not there.
# Prints the directory of its binary.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

crate="$1" version="$2"
root="$PLIMSOLL_CACHE/tools/$crate-$version"
if [[ ! -x "$root/bin/$crate" ]]; then
    say "$crate $version into $root"
    CARGO_TARGET_DIR="$PLIMSOLL_CACHE/tools/target" \
        quietly "$crate" cargo install --locked --root "$root.new" "$crate@$version"
    replace_dir "$root.new" "$root"
    rm -rf "$PLIMSOLL_CACHE/tools/target"
fi
printf '%s/bin\n' "$root"
