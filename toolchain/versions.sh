# Pinned versions. The exact Debian packages, with their hashes, are in versions.lock.

# Debian's rebuild of the compiler for its browsers: compiler, std source and LLVM of one release, kept in the
# security archive of Debian 12. A newer patch release of the same series is taken with a notice.
RUSTC_SUITE="bookworm-security"
RUSTC_SERIES="1.96"
RUSTC_LLVM="libllvm22"
RUSTC_PACKAGES="rustc-web libstd-rust-web-1.96 libstd-rust-web-dev rust-web-src"

# The linker's LLVM. Version 22 cannot return 128-bit values or pass arguments on the stack for this target.
# Tried in this order; the first suite that has the package is taken.
LLVM_PACKAGE="libllvm23"
LLVM_SUITES="sid forky trixie-backports"

LINKER_VERSION="0.2.6"

# Cargo drives that compiler through options that are not stable yet. This is the oldest that was tried.
CARGO_OLDEST="1.95"

# Cargo subcommands, built from crates.io into the cache when a target needs them.
CARGO_MUTANTS_VERSION="27.1.0"
CARGO_FUZZ_VERSION="0.13.2"

# The oldest Node that the web app's tools run on.
NODE_OLDEST="20.19"
