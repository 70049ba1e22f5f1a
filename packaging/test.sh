#!/usr/bin/env bash
# `make test-dist`: what `make dist` has made, tried on clean systems. `packaging/test.sh ci`: the part with x86_64, PHP 8.2 and 8.4.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/setup.sh" test
"$here/../tests/site/setup.sh" demo

failed=""
run() {
  printf '\n== %s\n' "$1"
  "${@:2}" || failed+=", $1"
}

# Signed with a key of the test's own: what is released is signed, and the installer wants it so.
installer() {
  local archive key code=0
  archive="$here/../dist/agile-bridge-$("$here/version.sh")-x86_64-linux-glibc.tar.xz"
  key="$(php -r 'echo base64_encode( sodium_crypto_sign_secretkey( sodium_crypto_sign_keypair() ) );')"
  AGILE_BRIDGE_SIGNING_KEY="$key" "$here/pack.sh" archive x86_64 glibc
  # shellcheck source=packaging/debian.sh
  (. "$here/debian.sh" && as_root env ARCHIVE="$archive" "$here/tests/installer.sh") || code=1
  "$here/pack.sh" archive x86_64 glibc
  return "$code"
}

run "one package serves every PHP" "$here/tests/one_package_serves_every_php.sh"
run "other PHPs load it" "$here/tests/other_phps_load_it.sh" "${1:-all}"
run "the installer" installer
run "two builds are the same" "$here/tests/two_builds_are_the_same.sh" "${1:-all}"
[ -z "$failed" ] || {
  printf '\nFAILED:%s\n' "${failed#,}"
  exit 1
}
