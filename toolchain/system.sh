#!/bin/bash
# system.sh: what the operating system must have, besides Rust. Installs Debian packages for what is missing when root,
# says what to run otherwise. Does nothing when all is there.
#
#   cc       crates with C inside (openssl, zstd, lz4, ring, blst), and linking
#   make     openssl, which solana-program-test's precompiles build from source
#   perl     openssl's configuration: modules that Debian's perl-base lacks
#   python3  the check of the demo's figures, the reference model, and with python3-venv the solvers of the proofs
#
# Nothing else: no pkg-config, libssl, libudev, protoc, cmake or libclang.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

can_compile() { printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c -o /dev/null - 2>/dev/null; }
can_configure() { perl -MFindBin -MIPC::Cmd -MTime::Piece -e 1 2>/dev/null; }

command -v cargo >/dev/null || die "cargo is not installed: Rust $CARGO_OLDEST or newer, please (https://rustup.rs)"

missing=()
can_compile || missing+=(gcc libc6-dev)
command -v make >/dev/null || missing+=(make)
can_configure || missing+=(perl)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
[[ ${#missing[@]} -gt 0 ]] || exit 0

command -v apt-get >/dev/null || die "please install what Debian calls: ${missing[*]}"
if [[ "$(id -u)" != 0 ]]; then
    die "missing. Run: sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}"
fi
say "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >&2
apt-get -qq install --yes --no-install-recommends "${missing[@]}" >&2
