#!/bin/bash
# system.sh: what the operating system must have, besides Rust. Installs Debian packages for what is missing when root,
# says what to run otherwise. Does nothing when all is there.
#
#   cc       crates with C inside (openssl, zstd, lz4, ring, blst), and linking
#   make     openssl, which solana-program-test's precompiles build from source
#   perl     openssl's configuration: its full set of modules, more than Debian's perl-base has
#   python3  the checks of the demo's figures
#
# Nothing else: no pkg-config, libssl, libudev, protoc or libclang.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

can_compile() { echo 'int main(void) { return 0; }' | cc -x c -include stdio.h -o /dev/null - 2>/dev/null; }
can_configure() { perl -MFindBin -MIPC::Cmd -MTime::Piece -e 1 2>/dev/null; }

command -v cargo >/dev/null || die "cargo is not installed: Rust $CARGO_OLDEST or newer, please (https://rustup.rs)"

missing=()
can_compile || missing+=(gcc libc6-dev)
command -v make >/dev/null || missing+=(make)
