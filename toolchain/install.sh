#!/bin/bash
# install.sh: everything that building a program for the VM takes, below the cache directory. Safe to run again and
# to interrupt; a run with nothing to do takes about a second. See README.md.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$TOOLCHAIN_SRC/lib/debian.sh"
. "$TOOLCHAIN_SRC/lib/flags.sh"
. "$TOOLCHAIN_SRC/lib/parts.sh"
. "$TOOLCHAIN_SRC/lib/selftest.sh"

[[ $# == 0 ]] || die "install.sh takes no arguments (see toolchain/README.md for the environment variables)"
command -v cargo >/dev/null || die "cargo is not installed"
mkdir -p "$PREFIX"
# One installation at a time; a second caller waits and then finds everything done.
exec 9>"$PREFIX/lock"
flock -n 9 || { say "waiting for another installation"; flock 9; }

started=$SECONDS
if wants_cargo_build_sbf && selftest_cargo_build_sbf; then
    echo cargo-build-sbf >"$PREFIX/builder"
else
    for tool in apt-get dpkg-deb cc; do
        command -v "$tool" >/dev/null || die "$tool is not installed (without cargo build-sbf, this needs Debian and a C compiler)"
    done
    [[ "$(dpkg --print-architecture)" == amd64 ]] || die "without cargo build-sbf, only amd64 is supported"
    RUSTC_BOOTSTRAP=1 cargo -Z help 2>/dev/null | grep -q json-target-spec || die "cargo is too old: $CARGO_OLDEST or newer, please"
    part_rustc
    part_llvm
    part_linker
    part_runtime
    selftest_debian
    echo debian >"$PREFIX/builder"
fi
say "ready: $(<"$PREFIX/builder") ($((SECONDS - started)) s)"
