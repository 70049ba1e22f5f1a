#!/usr/bin/env bash
# Who does not trust a file that we give out builds it again and compares: every byte is the same. `ci`: only what is packed; the
# build itself, from another folder, takes four minutes.
set -euo pipefail
# shellcheck source=packaging/tests/stage.sh
. "$(dirname "${BASH_SOURCE[0]}")/stage.sh"

same_twice() {
  local file="$1"
  shift
  cp "$dist/$file" "$work/first"
  "$root/packaging/pack.sh" "$@"
  cmp "$work/first" "$dist/$file"
}

builds_the_same_elsewhere() {
  git clone --quiet "$root" "$work/elsewhere"
  AGILE_BRIDGE_CACHE="$root/.cache" "$work/elsewhere/packaging/build.sh" 8.2 x86_64 glibc
  cmp "$dist/build/8.2-nts-x86_64-glibc.so" "$work/elsewhere/dist/build/8.2-nts-x86_64-glibc.so"
}

check "the Debian package" same_twice "agile-bridge_${version}_amd64.deb" deb x86_64
check "the archive" same_twice "agile-bridge-$version-x86_64-linux-glibc.tar.xz" archive x86_64 glibc
check "the plugin" same_twice "bridge-for-agile-crm-$version.zip" plugin
if [ "${1:-}" = ci ]; then
  skip "the extension, built from another folder"
else
  check "the extension, built from another folder" builds_the_same_elsewhere
fi
tally
