#!/usr/bin/env bash
# PHP's headers, where Debian has none: of PHP 8.3 and of thread-safe PHPs, out of PHP's own images, to where packaging/build.sh looks
# for them. With them comes run-tests.php, PHP's test runner, for the servers that have none. Nothing of an image is run.
#
#   packaging/forge/headers.sh FOLDER
set -euo pipefail

folder="$1"

# headers IMAGE NAME ARCHITECTURE: FOLDER/NAME-ARCHITECTURE, laid out as Debian's packages are: below the API's number.
headers() {
  local container copy="$folder/$2-$3.new" api
  container="$(docker create --quiet --pull always --platform "linux/$3" "$1")" || return 1
  mkdir -p "$copy" "$folder/$2-$3/usr/include/php"
  docker cp --quiet "$container:/usr/local/include/php" "$copy/"
  docker cp --quiet "$container:/usr/local/lib/php/build/run-tests.php" "$folder/run-tests.php"
  docker rm "$container" >/dev/null
  api="$(sed -n 's/^#define PHP_API_VERSION \([0-9]*\)$/\1/p' "$copy/php/main/php.h")"
  mv "$copy/php" "$folder/$2-$3/usr/include/php/${api:?$1 has another php.h than was expected}"
  rmdir "$copy"
}

for architecture in amd64 arm64; do
  headers php:8.3-cli 8.3 "$architecture"
  for minor in 8.2 8.3 8.4 8.5; do
    headers "php:$minor-zts" "$minor-zts" "$architecture"
  done
  # Before its first release it has another name.
  headers php:8.6-zts 8.6-zts "$architecture" || headers php:8.6-rc-zts 8.6-zts "$architecture" ||
    echo "SKIPPED: there is no image of PHP 8.6 today" >&2
done
