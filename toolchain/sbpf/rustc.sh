#!/bin/bash
# Debian's unpacked compiler with its own libraries. Through the loader rather than LD_LIBRARY_PATH, which would also
# reach the programs that the compiler starts.
set -euo pipefail
rustc="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")/rustc"
exec /lib64/ld-linux-x86-64.so.2 \
    --library-path "$rustc/usr/lib/x86_64-linux-gnu:$rustc/lib/x86_64-linux-gnu" \
    "$rustc/usr/bin/rustc" "$@"
