#!/usr/bin/env bash
# Every build, in the PHP that it is for: PHP's own test runner over tests/phpt. The PHPs are unpacked, not installed; those for arm64
# run under an emulator. `ci`: only what is built there.
set -euo pipefail
# shellcheck source=packaging/tests/stage.sh
. "$(dirname "${BASH_SOURCE[0]}")/stage.sh"

run_tests="$(find /usr/lib/php "$cache/headers" -name run-tests.php | sort | head -n 1)"

# unpacked SUITES MINOR ARCHITECTURE: a PHP in $cache/php/MINOR-ARCHITECTURE
unpacked() {
  local folder="$cache/php/$2-$3"
  [ ! -e "$folder/usr/bin/php$2" ] || return 0
  rm -rf "$folder"
  mkdir -p "$cache/php"
  unpack_debs "$1" "$3" "$folder" --with-dependencies "php$2-cli" 2>"$cache/php.log" || {
    rm -rf "$folder" "$folder.apt"
    return 1
  }
}

# Debian's base-files makes these links; libraries name their loader by them.
merged() {
  local name
  for name in bin lib lib64; do
    [ -e "$1/$name" ] || [ ! -e "$1/usr/$name" ] || ln -s "usr/$name" "$1/$name"
  done
}

# program MINOR ARCHITECTURE: a script that starts that PHP with its own libraries.
program() {
  local folder="$cache/php/$1-$2" script="$work/php$1-$2" libraries start
  merged "$folder"
  case "$2" in
    amd64)
      libraries="$folder/usr/lib/x86_64-linux-gnu:$folder/lib/x86_64-linux-gnu"
      start="'$(find "$folder" -name 'ld-linux-x86-64.so.2' | head -n 1)' --library-path '$libraries'"
      ;;
    arm64) start="qemu-aarch64-static -L '$folder'" ;;
  esac
  # posix is a file of its own in Debian's PHPs; a test uses it.
  printf '#!/bin/sh\nexec %s "%s/usr/bin/php%s" -n -d "extension_dir=%s" -d extension=posix "$@"\n' \
    "$start" "$folder" "$1" "$(echo "$folder"/usr/lib/php/20*)" >"$script"
  chmod +x "$script"
  printf '%s\n' "$script"
}

passes_its_tests() {
  local php="$1" so="$2" tests="$work/phpt"
  rm -rf "$tests"
  cp -r "$root/tests/phpt" "$tests"
  NO_INTERACTION=1 TEST_PHP_EXECUTABLE="$php" php -n "$run_tests" -q --show-diff -d "extension=$so" "$tests" >"$work/results" 2>&1 || {
    cat "$work/results"
    return 1
  }
  # Also where that PHP does not even start it ends well.
  grep -E "Tests passed *: *$(find "$tests" -name '*.phpt' | wc -l) " "$work/results"
}

each() {
  local minor="$1" suites="$2" machine="$3" architecture="$4" php so="$dist/build/$1-nts-$3-glibc.so"
  [ -e "$so" ] || {
    skip "PHP $minor on $machine: there is no build"
    return
  }
  unpacked "$suites" "$minor" "$architecture" || {
    skip "PHP $minor on $machine: Debian $suites does not have it today: $(tail -n 1 "$cache/php.log")"
    return
  }
  php="$(program "$minor" "$architecture")"
  check "PHP $minor on $machine loads it" sh -c "'$php' -d 'extension=$so' --ri agile_bridge"
  check "PHP $minor on $machine passes tests/phpt" passes_its_tests "$php" "$so"
}

each 8.2 bookworm x86_64 amd64
each 8.4 trixie x86_64 amd64
if [ "${1:-}" != ci ]; then
  each 8.5 trixie,experimental,sid x86_64 amd64
  each 8.6 trixie,experimental,sid x86_64 amd64
  each 8.2 bookworm aarch64 arm64
  each 8.4 trixie aarch64 arm64
fi
tally
