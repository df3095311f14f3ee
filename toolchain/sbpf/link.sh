#!/bin/bash
# The linker for programs: sbpf-linker with the LLVM and the C library it was unpacked with (newer than the
# system's, hence their own loader), and the helpers that every program gets.
#
# --int128=<file> replaces the table of 128-bit helpers; --int128=none leaves it out. Only the self-test does that,
# to prove that it would notice.
set -euo pipefail
prefix="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
libraries="$prefix/llvm/usr/lib/x86_64-linux-gnu"
table="$prefix/runtime/int128.ll"
arguments=()
for argument in "$@"; do
    case "$argument" in
        --int128=*) table="${argument#--int128=}" ;;
        # rustc has marked every function already; the linker knows these levels no longer.
        -Os | -Oz) arguments+=(-O2) ;;
        *) arguments+=("$argument") ;;
    esac
done
helpers=("$prefix/runtime/libplimsoll_int128.rlib" "$prefix/runtime/libsolana_compiler_builtins.rlib")
if [[ "$table" != none ]]; then helpers=("$table" "${helpers[@]}"); fi
if [[ "$*" == --version ]]; then helpers=(); fi
# First, because of several weak definitions LLVM keeps the first. LD_LIBRARY_PATH is where the linker looks for LLVM.
exec env LD_LIBRARY_PATH="$libraries" "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" \
    "$prefix/linker/bin/sbpf-linker" "${helpers[@]}" "${arguments[@]}"
