#!/bin/sh
# Inside of a container, as root: installs what `make dist` has made, and has PHP's own test runner try it there.
#
#   packaging/forge/server.sh deb|rpm|glibc|musl|nothing [PHP]     PHP: the program, `php` if it is not said
#
# glibc, musl: the archive by its installer. nothing: it is there already. Needs dist/, and headers/ by packaging/forge/headers.sh.
set -eu

root="$(cd "$(dirname "$0")/../.." && pwd)"
php="$(command -v "${2:-php}")"
machine="$(uname -m)"
case "$1" in
  deb) apt-get install -y --no-install-recommends "$root"/dist/agile-bridge_*_"$(dpkg --print-architecture)".deb ;;
  rpm) dnf install -y "$root"/dist/agile-bridge-*."$machine".rpm ;;
  glibc | musl)
    mkdir /tmp/agile-bridge
    tar -xf "$root"/dist/agile-bridge-*-"$machine-linux-$1".tar.xz -C /tmp/agile-bridge --strip-components=1
    # It is signed when all this has passed.
    "$php" /tmp/agile-bridge/install.php --unsigned
    ;;
esac
"$php" --ri agile_bridge
# The runner writes beside the tests.
cp -r "$root/tests/phpt" /tmp/phpt
NO_INTERACTION=1 TEST_PHP_EXECUTABLE="$php" "$php" "$root/headers/run-tests.php" -q --show-diff /tmp/phpt
