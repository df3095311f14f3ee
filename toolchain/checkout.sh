#!/bin/bash
# checkout.sh: makes the shared cargo target directories safe for this checkout.
#
# They are outside the checkout so that a fresh clone need not compile 800 crates again. But cargo knows a workspace's
# own crates by their place in the workspace and by the times of their files, so that the objects of another checkout
# can look fresh here. When another one was here last, cargo is made to forget the crates of the workspace.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

here="$(cd "$TOOLCHAIN_SRC/.." && pwd)"
for target in target tests-target proofs-target idl-target int128-target sbf-target bench-target fuzz-target wasm-target; do
    target="$PLIMSOLL_CACHE/$target"
    mkdir -p "$target"
    if [[ ! -f "$target/.checkout" || "$(<"$target/.checkout")" != "$here" ]]; then
        find "$target" -mindepth 2 -maxdepth 4 -path '*/.fingerprint/plimsoll*' -prune -exec rm -rf {} +
        printf '%s\n' "$here" >"$target/.checkout"
    fi
done
