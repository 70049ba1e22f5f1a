#!/usr/bin/env bash
# What a file has to be before anybody gets it: packaging/check.sh FILE.so ...
set -euo pipefail

failed=0
wrong() {
  printf '%s: %s\n' "$file" "$*" >&2
  failed=1
}

for file in "$@"; do
  case "$file" in
    *-glibc.so)
      newest="$(readelf --dyn-syms --wide "$file" | grep -oE 'GLIBC_[0-9]+(\.[0-9]+)+' | sort --unique --version-sort | tail -n 1)"
      [ "$(printf '%s\nGLIBC_2.17\n' "$newest" | sort --version-sort | tail -n 1)" = GLIBC_2.17 ] ||
        wrong "it needs $newest; RHEL 7 and all that is newer have GLIBC_2.17"
      ;;
    *-musl.so)
      ! readelf --dynamic "$file" | grep NEEDED | grep -vqE 'libc\.so|libc\.musl' || wrong "it needs more than musl's libc"
      ;;
  esac
  ! readelf --dynamic "$file" | grep -q 'libgcc_s' || wrong "it needs libgcc_s, which a small system does not have"
  readelf --dynamic "$file" | grep -q NODELETE || wrong "PHP would unmap it at its end, and Rust's thread-locals are destroyed after that"
  exported="$(readelf --dyn-syms --wide "$file" | awk '$5 == "GLOBAL" && $7 != "UND" && $8 != "" { sub(/@.*/, "", $8); print $8 }' | sort)"
  [ "$exported" = get_module ] || wrong "it exports ${exported//$'\n'/ }; PHP wants get_module and nothing else"
  ! strings --all "$file" | grep -qE "(^|[^a-z])(/root/|/home/|${HOME:-/root}/|$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/)" ||
    wrong "a path of this machine is in it: $(strings --all "$file" | grep -E '/root/|/home/' | head -n 1)"
done
exit "$failed"
