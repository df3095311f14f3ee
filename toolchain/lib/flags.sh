# How cargo builds for the target. One place, so that std is built once and shared by all programs.

# sbf_cargo <cargo command> <arguments>...
sbf_cargo() {
    local command="$1" flags flag
    shift
    # lower-atomic: the VM has one thread and no atomic instructions.
    flags="-Clinker=$PREFIX/bin/sbpf-link"$'\x1f'"-Cpasses=lower-atomic"
    # The back end's v4 is the first with signed division (which the linker expands, the VM has none). Whatever else
    # v4 has beyond the VM is switched off: sign-extending loads and moves, byte swap, long and computed jumps,
    # ordered atomics.
    for flag in --arch=v3 --deploy=false \
        --llvm-args=--bpf-stack-size=4096 --llvm-args=--bpf-min-jump-table-entries=1000000 \
        --llvm-args=--disable-movsx --llvm-args=--disable-ldsx --llvm-args=--disable-bswap \
        --llvm-args=--disable-gotol --llvm-args=--disable-gotox --llvm-args=--disable-load-acq-store-rel; do
        flags+=$'\x1f'"-Clink-arg=$flag"
    done
    # RUSTC_BOOTSTRAP: the options below are not stable. Wrappers and flags of the user's own are for the host.
    env -u RUSTFLAGS -u RUSTC_WRAPPER -u RUSTC_WORKSPACE_WRAPPER -u CARGO_BUILD_TARGET \
        RUSTC="$PREFIX/bin/rustc" RUSTC_BOOTSTRAP=1 RUSTC_BOOTSTRAP_SYNTHETIC_TARGET=1 \
        CARGO_TARGET_DIR="$SBF_TARGET" CARGO_ENCODED_RUSTFLAGS="$flags" CARGO_INCREMENTAL=0 \
        cargo "$command" --profile sbf --target "$PREFIX/runtime/$SBF_TRIPLE.json" \
        -Z build-std=std -Z json-target-spec -Z panic-immediate-abort \
        --config 'profile.sbf.inherits="release"' \
        --config 'profile.sbf.opt-level=3' \
        --config 'profile.sbf.codegen-units=1' \
        --config 'profile.sbf.overflow-checks=true' \
        --config 'profile.sbf.debug=false' \
        --config 'profile.sbf.strip="none"' \
        --config 'profile.sbf.lto="off"' \
        --config 'profile.sbf.panic="immediate-abort"' \
        "$@"
}
# lto is off because the linker itself optimises the whole program; panic is immediate-abort because nothing could
# unwind, and messages would cost size.
