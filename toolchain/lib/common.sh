# Places, messages and stamps. Sourced by every script of the toolchain.

TOOLCHAIN_SRC="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=../versions.sh
. "$TOOLCHAIN_SRC/versions.sh"

PLIMSOLL_CACHE="$(realpath -m "${PLIMSOLL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/plimsoll}")"
PREFIX="$PLIMSOLL_CACHE/toolchain"
# Apart from the cargo target directory of the host's crates: cargo locks a target directory for a whole build.
SBF_TARGET="$PLIMSOLL_CACHE/sbf-target"
SBF_TRIPLE="sbpfv3-solana-solana"

say() { printf 'toolchain: %s\n' "$*" >&2; }
notice() { printf '\ntoolchain: NOTICE: %s\n\n' "$*" >&2; }
die() {
    printf 'toolchain: FAILED: %s\n' "$*" >&2
    exit 1
}

# hash_of <file or directory>...: one hash over names and contents.
hash_of() {
    (cd "$TOOLCHAIN_SRC" && find "$@" -type f -not -path '*/target/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) |
        sha256sum | cut -d' ' -f1
}

# A step is done when its stamp holds the key of what it was made from. Written last, so that an interrupted step
# starts again.
stamp_is() { [[ -f "$PREFIX/stamps/$1" && "$(<"$PREFIX/stamps/$1")" == "$2" ]]; }
stamp() {
    mkdir -p "$PREFIX/stamps"
    printf '%s\n' "$2" >"$PREFIX/stamps/.$1.new"
    mv "$PREFIX/stamps/.$1.new" "$PREFIX/stamps/$1"
}

# replace_dir <new> <place>: puts a finished directory in its place. Only a finished one is ever there.
replace_dir() {
    rm -rf "$2.old"
    if [[ -e "$2" ]]; then mv "$2" "$2.old"; fi
    mv "$1" "$2"
    rm -rf "$2.old"
}

# quietly <log name> <command>...: the output goes to a log, whose end is shown when the command fails.
quietly() {
    local log="$PREFIX/logs/$1.log"
    shift
    mkdir -p "$PREFIX/logs"
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        die "$1 ... (whole output: $log)"
    fi
}
