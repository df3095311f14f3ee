# Builds the self-test program and runs it in the VM. The stamp says "passed" or "failed" for one state of the
# sources and of the toolchain.

SELFTEST="$TOOLCHAIN_SRC/selftest"
SELFTEST_TARGET="$PLIMSOLL_CACHE/selftest-target"

# run_selftest <program.so>: output on stdout.
run_selftest() {
    env -u RUSTFLAGS CARGO_TARGET_DIR="$SELFTEST_TARGET" cargo run --quiet --locked \
        --manifest-path "$SELFTEST/Cargo.toml" -p plimsoll-selftest-runner -- "$1"
}

# wants_cargo_build_sbf: whether to try the usual tools. PLIMSOLL_SBF_BUILDER decides, if set.
wants_cargo_build_sbf() {
    case "${PLIMSOLL_SBF_BUILDER:-}" in
        "") command -v cargo-build-sbf >/dev/null ;;
        cargo-build-sbf) command -v cargo-build-sbf >/dev/null || die "cargo-build-sbf is not installed" ;;
        debian) false ;;
        *) die "PLIMSOLL_SBF_BUILDER must be cargo-build-sbf or debian" ;;
    esac
}

# Whether the installed cargo-build-sbf builds sBPFv3 that passes.
selftest_cargo_build_sbf() {
    local key log="$PREFIX/logs/cargo-build-sbf.log" out="$PREFIX/selftest-build-sbf"
    key="$( (cargo build-sbf --version 2>/dev/null || echo unknown) | sha256sum | cut -d' ' -f1) $(hash_of selftest lib/selftest.sh)"
    if stamp_is cargo-build-sbf "$key passed"; then return 0; fi
    if stamp_is cargo-build-sbf "$key failed"; then return 1; fi
    say "cargo build-sbf is installed: trying it for sBPFv3"
    mkdir -p "$PREFIX/logs" "$out"
    if build_with_cargo_build_sbf "$SELFTEST/program" "$out" >"$log" 2>&1 &&
        run_selftest "$out/plimsoll_selftest_program.so" >>"$log" 2>&1; then
        stamp cargo-build-sbf "$key passed"
        return 0
    fi
    notice "cargo build-sbf does not build a working sBPFv3 program (see $log). Taking the Debian path."
    stamp cargo-build-sbf "$key failed"
    return 1
}

# build_with_cargo_build_sbf <manifest directory> <output directory> [cargo arguments]...
build_with_cargo_build_sbf() {
    local manifest="$1/Cargo.toml" out="$2"
    shift 2
    CARGO_TARGET_DIR="$SBF_TARGET/cargo-build-sbf" cargo build-sbf --arch v3 --manifest-path "$manifest" --sbf-out-dir "$out" -- "$@"
}

# selftest_program <output> <option of the linker>: builds the program with it.
selftest_program() {
    quietly selftest-build sbf_cargo rustc --manifest-path "$SELFTEST/program/Cargo.toml" --locked -- -C "link-arg=$2"
    cp "$SBF_TARGET/$SBF_TRIPLE/sbf/libplimsoll_selftest_program.so" "$1"
}

# must_fail <what> <part> <linker option>: a broken toolchain must not pass, or passing means nothing.
must_fail() {
    local program="$PREFIX/selftest/control.so" log="$PREFIX/logs/selftest-control.log"
    selftest_program "$program" "$3"
    if run_selftest "$program" >"$log" 2>&1; then die "self-test: it passed with $1"; fi
    grep -q "^FAILED $2" "$log" || die "self-test: with $1, part $2 should have failed (see $log)"
    say "  control ok: $1 is noticed"
}

# The self-test of the Debian path, with two negative controls.
selftest_debian() {
    local key broken="$PREFIX/selftest/broken.ll"
    key="$(sha256sum <"$PREFIX/stamps/runtime" | cut -d' ' -f1) $(hash_of selftest lib/selftest.sh)"
    if stamp_is selftest "$key"; then return; fi
    say "5/5 self-test in the VM"
    mkdir -p "$PREFIX/selftest"
    # A quotient that is really a remainder.
    sed '/@__udivti3/,/^}/s/@plimsoll_udiv128/@plimsoll_umod128/' "$TOOLCHAIN_SRC/sbpf/int128.ll" >"$broken"
    must_fail "a broken __udivti3" divide_unsigned "--int128=$broken"
    # The failure that the helpers exist for: those of the crates, with their other way to return a value.
    must_fail "the crates' own 128-bit helpers" multiply "--int128=none"
    selftest_program "$PREFIX/selftest/program.so" "--int128=$PREFIX/runtime/int128.ll"
    run_selftest "$PREFIX/selftest/program.so" | tee "$PREFIX/logs/selftest.log" | sed 's/^/toolchain:   /' >&2 ||
        die "the self-test: this toolchain must not build programs"
    stamp selftest "$key"
}
