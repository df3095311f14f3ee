# Debian packages without installing them: apt with its own state directory, so that nothing needs root and the
# system's list of sources (which must never see sid) stays as it is. apt checks Release signature, index hash and
# package hash; versions.lock then says whether it is the very file that was tried.

DEBIAN_LOCK="$TOOLCHAIN_SRC/versions.lock"

# debian_mirrors: sets MIRROR and SECURITY_MIRROR from the system's own sources.
debian_mirrors() {
    local uris
    # Both formats: "deb [options] URI suite ..." and "URIs: URI ...".
    uris="$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -nE 's/^deb (\[[^]]*\] *)?([^ ]+).*/\2/p; s/^URIs: *//p' | tr ' ' '\n' | sed 's,/$,,' || true)"
    MIRROR="${PLIMSOLL_DEBIAN_MIRROR:-$(grep -m1 -E '/debian(\.list)?$' <<<"$uris" || true)}"
    SECURITY_MIRROR="${PLIMSOLL_DEBIAN_SECURITY_MIRROR:-$(grep -m1 -E 'debian-security|security\.debian\.org' <<<"$uris" || true)}"
    [[ -n "$MIRROR" ]] || die "no Debian mirror among apt's sources; set PLIMSOLL_DEBIAN_MIRROR"
    SECURITY_MIRROR="${SECURITY_MIRROR:-$MIRROR-security}"
}

# debian_update <name> <source line>...: a private apt for these sources, as $PREFIX/apt/<name>.
debian_update() {
    local dir="$PREFIX/apt/$1" line
    shift
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/parts"
    : >"$dir/status"
    : >"$dir/sources.list"
    for line in "$@"; do
        echo "deb [signed-by=${PLIMSOLL_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}] $line" \
            >>"$dir/sources.list"
    done
    # Read after the system's configuration: its proxy settings stay, its hooks for container images go.
    cat >"$dir/apt.conf" <<CONF
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "$dir/parts";
APT::Sandbox::User "$(id -un)";
APT::Architecture "amd64";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "3";
CONF
    apt-get -c "$dir/apt.conf" -qq update >&2
}

# debian_closure <name> <package>...: the packages and all they need, as "package version" lines.
debian_closure() {
    local conf="$PREFIX/apt/$1/apt.conf"
    shift
    apt-get -c "$conf" -qq -s --no-install-recommends install "$@" | sed -nE 's/^Inst ([^ ]+) \(([^ ]+).*/\1 \2/p'
}

# debian_fetch <name> <package> <version> <series>: prints the path of the checked .deb.
debian_fetch() {
    local name="$1" package="$2" version="$3" series="$4" locked_version locked_hash expected file
    read -r locked_version locked_hash < <(awk -v n="$name" -v p="$package" '$1 == n && $2 == p { print $3, $4 }' "$DEBIAN_LOCK") || true
    if [[ -n "$series" && "${version#*:}" != "$series".* ]]; then
        die "part $name: the archive has $package $version, but only the $series series is known to work"
    fi
    expected="$(apt-cache -c "$PREFIX/apt/$name/apt.conf" show "$package=$version" | awk '$1 == "SHA256:" { print $2; exit }')"
    if [[ "$version" == "$locked_version" ]]; then
        [[ "$expected" == "$locked_hash" ]] || die "part $name: $package $version is not the file in versions.lock"
    else
        notice "part $name: $package is at $version in the archive, versions.lock has ${locked_version:-none}. Going on; the self-test decides."
    fi
    file="$PREFIX/debs/$expected.deb"
    if [[ ! -f "$file" ]]; then
        say "  $package $version"
        rm -rf "$PREFIX/debs/partial" && mkdir -p "$PREFIX/debs/partial"
        (cd "$PREFIX/debs/partial" && apt-get -c "$PREFIX/apt/$name/apt.conf" -qq download "$package=$version" >&2)
        mv "$PREFIX"/debs/partial/*.deb "$file"
    fi
    echo "$expected  $file" | sha256sum --quiet --check - >&2 || { rm -f "$file"; die "part $name: $package does not have its hash"; }
    echo "$file"
}
