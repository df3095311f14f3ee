#!/bin/bash
# demo.sh <plimsoll> <scenarios>: a venue on this machine with a crash, keepers and the web app. Runs until Ctrl-C.
#
#   EXIT=1          ends after the crash, and fails if a liquidation was out of order or an atom is missing
#   SCENARIO=gap    or adl, settlement, crash: one of the scenarios that are the same in every run, in the runtime alone
#   TRADERS=200     KEEPERS=2 SPEED=30 SECONDS of the hour in a second
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

plimsoll="$1" scenarios="$2"
if [[ -n "${SCENARIO:-}" ]]; then
    cd "$TOOLCHAIN_SRC/../tests"
    exec "$scenarios"
fi

state="$(mktemp -d)"
app=
cleanup() {
    [[ -z "$app" ]] || kill "$app" 2>/dev/null || true
    rm -rf "$state"
}
trap cleanup EXIT
arguments=(--scenario crash --speed "${SPEED:-30}" --traders "${TRADERS:-200}" --keepers "${KEEPERS:-2}" --state-dir "$state/venue")
[[ -z "${EXIT:-}" ]] || arguments+=(--exit-after-crash --any-port)

if [[ -z "${EXIT:-}" ]]; then
    # As soon as the network is described, the app shows it.
    (
        until [[ -s "$state/venue/network.json" ]]; do sleep 0.2; done
        exec node "$TOOLCHAIN_SRC/../app/scripts/serve.mjs" "$state/venue/network.json"
    ) &
    app=$!
fi
"$plimsoll" up "${arguments[@]}"
