#!/bin/bash
# node.sh: the JavaScript side of the build, from its lock file. Does nothing when it is there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

app="$TOOLCHAIN_SRC/../app"
command -v node >/dev/null || die "node is not installed: Node $NODE_OLDEST or newer, please"
command -v npm >/dev/null || die "npm is not installed: it comes with Node"
oldest="$(printf '%s\n%s\n' "$NODE_OLDEST" "$(node -p process.versions.node)" | sort -V | head -n 1)"
[[ "$oldest" == "$NODE_OLDEST" ]] || die "Node is too old: $NODE_OLDEST or newer, please"

key="$(cat "$app/package-lock.json" "$app/package.json" "$app/client/package.json" | sha256sum | cut -d' ' -f1) $(node -p process.versions.modules)"
stamp="$app/node_modules/.installed"
if [[ -f "$stamp" && "$(<"$stamp")" == "$key" ]]; then exit 0; fi
say "npm ci in app/"
(cd "$app" && quietly npm npm ci --no-audit --no-fund)
printf '%s\n' "$key" >"$stamp"
