#!/usr/bin/env bash
# `make test-dist`: what `make dist` has made, tried on clean systems. `packaging/test.sh ci`: the part with x86_64, PHP 8.2 and 8.4.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/setup.sh" test
"$here/../tests/site/setup.sh" demo
failed=""
for test in "$here"/tests/[a-z]*.sh; do
  case "$(basename "$test")" in
    stage.sh | installer-room.sh) continue ;;
  esac
  printf '\n== %s\n' "$(basename "$test" .sh | tr _ ' ')"
  "$test" "${1:-all}" || failed+=" $(basename "$test")"
done
[ -z "$failed" ] || {
  printf '\nFAILED:%s\n' "$failed"
  exit 1
}
