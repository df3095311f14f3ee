# The parts of the Debian path, each a function that does nothing when its stamp is current.

# Compiler, std for the host, std source with four small edits: $PREFIX/rustc.
part_rustc() {
    local key new package version file library
    key="$(grep '^rustc ' "$DEBIAN_LOCK" | sha256sum | cut -d' ' -f1) $(hash_of versions.sh sbpf/std-alloc.rs sbpf/rustc.sh lib/parts.sh)"
    if stamp_is rustc "$key"; then return; fi
    say "1/5 compiler: Debian's rustc $RUSTC_SERIES with its std source"
    debian_mirrors
    debian_update rustc "$MIRROR bookworm main" "$SECURITY_MIRROR $RUSTC_SUITE main"
    new="$PREFIX/rustc.new"
    rm -rf "$new" && mkdir -p "$new"
    for package in $RUSTC_PACKAGES; do
        version="$(apt-cache -c "$PREFIX/apt/rustc/apt.conf" show --no-all-versions "$package" 2>/dev/null | awk '$1 == "Version:" { print $2; exit }')"
        [[ -n "$version" ]] || die "part rustc: Debian has no $package any more"
        file="$(debian_fetch rustc "$package" "$version" "$RUSTC_SERIES")"
        # Of the source, only the library is needed: a fifth of it.
        if [[ "$package" == rust-web-src ]]; then
            dpkg-deb --fsys-tarfile "$file" | tar -x -C "$new" --wildcards './usr/src/*/library/*' './usr/lib/*'
        else
            dpkg-deb -x "$file" "$new"
        fi
    done
    # The C library and the compiler's run-time libraries come from the system, which runs the loader too.
    while read -r package version; do
        case "$package" in libc6 | libc-* | libgcc-s1 | libstdc++6 | gcc-*) continue ;; esac
        file="$(debian_fetch rustc "$package" "$version" "")"
        dpkg-deb -x "$file" "$new"
    done < <(debian_closure rustc "$RUSTC_LLVM")
    library="$(echo "$new"/usr/src/rustc-*/library)"
    patch_std "$library/std/src/sys"
    install -D -m 755 "$TOOLCHAIN_SRC/sbpf/rustc.sh" "$PREFIX/bin/rustc"
    replace_dir "$new" "$PREFIX/rustc"
    "$PREFIX/bin/rustc" --version >/dev/null || die "part rustc: the unpacked compiler does not start"
    rm -rf "$PREFIX/debs"
    stamp rustc "$key"
}

# Four edits that let std compile for target_os = "solana": it joins the targets without threads, entropy or an
# operating system, and gets an allocator that always refuses.
patch_std() {
    local sys="$1"
    sed -i 's/^\( *\)target_os = "vexos",$/&\n\1target_os = "solana",/' \
        "$sys/random/mod.rs" "$sys/thread_local/mod.rs" "$sys/io/error/mod.rs"
    sed -i 's/^\( *\)target_arch = "x86",$/&\n\1target_arch = "bpf",/
        s/^    target_os = "zkvm" => {$/    target_os = "solana" => {\n        mod solana;\n    }\n&/' "$sys/alloc/mod.rs"
    cp "$TOOLCHAIN_SRC/sbpf/std-alloc.rs" "$sys/alloc/solana.rs"
    [[ "$(cat "$sys"/{random,thread_local,io/error,alloc}/mod.rs | grep -cE '"(solana|bpf)"')" == 7 ]] ||
        die "part rustc: std's source has changed, its edits (patch_std) no longer fit"
}

# The LLVM that the linker loads, with every library it needs including the C library: $PREFIX/llvm.
part_llvm() {
    local key new suite found="" package version file
    key="$(grep '^llvm ' "$DEBIAN_LOCK" | sha256sum | cut -d' ' -f1) $(hash_of versions.sh lib/parts.sh)"
    if stamp_is llvm "$key"; then return; fi
    say "2/5 $LLVM_PACKAGE for the linker"
    debian_mirrors
    for suite in $LLVM_SUITES; do
        local sources=("$MIRROR $suite main")
        # Backports need the suite that they are for.
        if [[ "$suite" == *-backports ]]; then sources+=("$MIRROR ${suite%-backports} main"); fi
        debian_update llvm "${sources[@]}" || continue
        if debian_closure llvm "$LLVM_PACKAGE" >"$PREFIX/apt/llvm/closure" 2>/dev/null && [[ -s "$PREFIX/apt/llvm/closure" ]]; then
            found="$suite"
            break
        fi
        notice "part llvm: $suite has no $LLVM_PACKAGE that can be installed"
    done
    [[ -n "$found" ]] || die "part llvm: none of these has $LLVM_PACKAGE: $LLVM_SUITES"
    new="$PREFIX/llvm.new"
    rm -rf "$new" && mkdir -p "$new"
    while read -r package version; do
        file="$(debian_fetch llvm "$package" "$version" "$([[ "$package" == "$LLVM_PACKAGE" ]] && echo "${LLVM_PACKAGE#libllvm}")")"
        dpkg-deb -x "$file" "$new"
    done <"$PREFIX/apt/llvm/closure"
    replace_dir "$new" "$PREFIX/llvm"
    rm -rf "$PREFIX/debs"
    stamp llvm "$key"
}

part_linker() {
    local key="$LINKER_VERSION"
    install -D -m 755 "$TOOLCHAIN_SRC/sbpf/link.sh" "$PREFIX/bin/sbpf-link"
    if stamp_is linker "$key"; then return; fi
    say "3/5 sbpf-linker $LINKER_VERSION from source (about 3 minutes)"
    quietly linker env -u RUSTFLAGS cargo install sbpf-linker --version "$LINKER_VERSION" --locked --force \
        --root "$PREFIX/linker" --target-dir "$PREFIX/linker-target"
    rm -rf "$PREFIX/linker-target"
    "$PREFIX/bin/sbpf-link" --version >/dev/null || die "part linker: sbpf-linker does not start with $LLVM_PACKAGE"
    stamp linker "$key"
}

# std for the target, and the helpers that the linker adds to every program: $PREFIX/runtime.
part_runtime() {
    local key new artifacts name
    key="$(cat "$PREFIX/stamps/rustc" "$PREFIX/stamps/llvm" "$PREFIX/stamps/linker" | sha256sum | cut -d' ' -f1) $(hash_of int128/Cargo.toml int128/Cargo.lock int128/src sbpf lib/flags.sh)"
    if stamp_is runtime "$key"; then return; fi
    say "4/5 std and the 128-bit helpers for the target (about 2 minutes)"
    new="$PREFIX/runtime.new"
    rm -rf "$new" && mkdir -p "$new"
    cp "$TOOLCHAIN_SRC/sbpf/$SBF_TRIPLE.json" "$TOOLCHAIN_SRC/sbpf/int128.ll" "$new"
    # In place before the build, because the target file's path is part of what cargo remembers.
    replace_dir "$new" "$PREFIX/runtime"
    quietly runtime sbf_cargo build --manifest-path "$TOOLCHAIN_SRC/int128/Cargo.toml" --locked --message-format json-render-diagnostics
    for name in plimsoll_int128 solana_compiler_builtins; do
        artifacts="$(grep -o "\"[^\"]*/lib$name[^\"/]*\.rlib\"" "$PREFIX/logs/runtime.log" | tail -n 1 | tr -d '"')"
        [[ -f "$artifacts" ]] || die "part runtime: cargo did not report lib$name"
        cp "$artifacts" "$PREFIX/runtime/lib$name.rlib"
    done
    stamp runtime "$key"
}
