#!/bin/bash
# browser.sh: prints the path of Chromium for the tests of the web app. Installs Debian's when root and it is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

find_browser() { command -v "${PLIMSOLL_CHROMIUM:-chromium}" || command -v chromium-browser || command -v google-chrome; }

if ! find_browser >/dev/null; then
    command -v apt-get >/dev/null || die "Chromium is not installed: set PLIMSOLL_CHROMIUM to its path"
    [[ "$(id -u)" == 0 ]] || die "missing. Run: sudo apt-get update && sudo apt-get install --yes --no-install-recommends chromium"
    say "installing chromium"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update >&2
    apt-get -qq install --yes --no-install-recommends chromium >&2
fi
find_browser
