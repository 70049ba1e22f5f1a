#!/usr/bin/env bash
# Tries install.php, as root, on a Debian with php8.x-cli: packaging/tests/installer.sh [PART OF A CASE'S NAME]
#
#   ARCHIVE         the .tar.xz to try, or its unpacked folder; without it one is made of this checkout and of
#   SO              an agile_bridge.so for this machine's PHP
#   THROWAWAY=1     change this very system: in a chroot that is deleted afterwards. Else the system's folders are copied first
#   WORDPRESS_DIR, SQLITE_DIR, SITE_INSTALLER    to try activation with (default: what tests/site/setup.sh has fetched, and
#                   tests/site/php/install.php)
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=packaging/tests/installer-room.sh
. "$here/installer-room.sh"
# shellcheck source=packaging/tests/installer-archive.sh
. "$here/installer-archive.sh"
# shellcheck source=packaging/tests/installer-places.sh
. "$here/installer-places.sh"
# shellcheck source=packaging/tests/installer-sites.sh
. "$here/installer-sites.sh"
# shellcheck source=packaging/tests/installer-reload.sh
. "$here/installer-reload.sh"
# shellcheck source=packaging/tests/installer-download.sh
. "$here/installer-download.sh"
[ "$(id -u)" -eq 0 ] || {
  echo "run this as root" >&2
  exit 2
}
[ -n "${ARCHIVE:-}${SO:-}" ] || {
  echo "say which: ARCHIVE=agile-bridge-….tar.xz, or SO=agile_bridge.so" >&2
  exit 2
}
only="${1:-}"
private_room "${BASH_SOURCE[0]}"
spread_copies
work="$(mktemp -d)"
chmod 755 "$work"
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

minor="$(php -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')"
build="$minor-nts"
mapfile -t sapis < <(basename -a /usr/lib/php/"$minor"/sapi/*)
so="$home/0.1.0/$build.so"
make_good
[ -e "$work/good/manifest.json" ] || sign "$work/good"
[ -e "$work/good/lib/$build.so" ] || {
  echo "the archive has no build for $build, which is this machine's PHP" >&2
  exit 2
}

twice_and_away() {
  local before first sapi
  before="$(footprint)"
  install
  ok "it succeeds" ends_with 0
  ok "the file is there" cmp -s "$so" "$folder/lib/$build.so"
  for sapi in "${sapis[@]}"; do ok "$sapi has the extension and does not complain" enabled_quietly "$sapi"; done
  first="$(touched)"
  install
  ok "a second run succeeds" ends_with 0
  ok "and says that nothing had to be changed" says 'Nothing had to be changed.'
  ok "and touches nothing" test "$first" = "$(touched)"
  try php "$home/install.php" status
  ok "status names the version and the ini file" says "(/usr/bin/php$minor): has agile_bridge 0.1.0 by /etc/php/$minor/cli/conf.d/30-agile_bridge.ini"
  ok "status succeeds" ends_with 0
  try as_www_data php "$home/install.php" status
  ok "status needs no root" ends_with 0
  try php "$home/install.php" uninstall
  ok "uninstall succeeds" ends_with 0
  ok "and leaves nothing" test "$before" = "$(footprint)"
  try php "$folder/install.php" uninstall
  ok "a second time it says that there is nothing" says 'There is nothing of this installer here.'
  try php "$folder/install.php" status
  ok "status says that no PHP has it, and fails" test "$code" -eq 1 -a "${said/No PHP of this server has the extension/}" != "$said"
}
enabled_quietly() { enabled "$1" && quiet "$1"; }

what_php_lacks() {
  try php -d disable_functions=sodium_crypto_sign_verify_detached "$folder/install.php"
  nothing_installed 'This PHP has no sodium' 'php82-sodium'
  try php -d disable_functions=proc_open "$folder/install.php"
  nothing_installed 'with the function proc_open' 'php -n install.php'
}

bare_php() {
  try php -n "$folder/install.php"
  ok "php -n will do" ends_with 0
  ok "and the PHP has it" enabled cli
}

words() {
  install --wordpres=/x
  ok "an unknown option is a usage error" ends_with 2
  install --activate
  ok "--activate without --wordpress too" ends_with 2
  install status --activate
  ok "status takes no options" ends_with 2
  install --help
  ok "--help is none" ends_with 0
  try as_www_data php "$folder/install.php"
  nothing_installed 'Only root can add an extension' 'sudo php install.php'
  install --wordpress=/nowhere
  nothing_installed 'There is no wp-load.php in /nowhere' '--wordpress=/var/www/html'
}

update() {
  install
  local old
  old="$(stat -c %i "$so")"
  printf 'more' >>"$folder/lib/$build.so"
  sign "$folder"
  # A PHP that runs has the file mapped.
  php -r 'echo "\n"; fgets( STDIN ); echo extension_loaded( "agile_bridge" ) ? "well" : "ill";' < <(sleep 3) >"$work/running" &
  sleep 0.3
  install
  ok "an update succeeds" ends_with 0
  ok "it is another file" test "$(stat -c %i "$so")" != "$old"
  ok "it says what to reload" says 'installed '
  wait $!
  ok "a PHP that runs meanwhile is well" grep -q well "$work/running"
}

new_version() {
  install
  # shellcheck disable=SC2016
  sign "$folder" '$manifest["version"] = "0.2.0";'
  install
  ok "a new version is installed" ends_with 0
  ok "in a folder of its own" cmp -s "$home/0.2.0/$build.so" "$folder/lib/$build.so"
  ok "the ini file names it" grep -qx "extension = \"$home/0.2.0/$build.so\"" "/etc/php/$minor/mods-available/agile_bridge.ini"
  ok "and says so" says "names the new version now"
  ok "all have it, and do not complain" enabled_quietly cli
  ok "the old one is gone" test ! -e "$home/0.1.0"
  install
  ok "a second run says that nothing had to be changed" says 'Nothing had to be changed.'
  # The next one does not load: what works stays.
  printf 'no library' >"$folder/lib/$build.so"
  # shellcheck disable=SC2016
  sign "$folder" '$manifest["version"] = "0.3.0";'
  install
  ok "one that does not load fails" ends_with 1
  ok "and leaves the one before" enabled_quietly cli
  ok "and nothing of itself" test ! -e "$home/0.3.0"
  try php "$home/install.php" uninstall
  ok "uninstall leaves nothing" test ! -e "$home"
}

phpdismod_respected() {
  install
  phpdismod -v "$minor" -s cli agile_bridge
  ok "disabled" not enabled cli
  install
  ok "the next run succeeds" ends_with 0
  ok "and says that it was left disabled" says "phpenmod -v $minor -s cli agile_bridge"
  ok "and leaves it disabled" not enabled cli
  [ "${#sapis[@]}" -lt 2 ] || ok "and the others enabled" enabled fpm
  try php "$home/install.php" status
  ok "status says it" says 'disabled with phpdismod'
  try php "$home/install.php" uninstall
  install
  ok "also after uninstall" not enabled cli
  phpenmod -v "$minor" -s cli agile_bridge
  ok "the admin enables it with phpenmod" enabled cli
  try php "$home/install.php" uninstall
  ok "uninstall removes that too" test -z "$(find /etc/php /var/lib/php/modules -name '*agile_bridge*')"
}

cases=(
  twice_and_away what_php_lacks bare_php words update new_version phpdismod_respected
  "${archive_cases[@]}" "${place_cases[@]}" "${site_cases[@]}" "${reload_cases[@]}" "${download_cases[@]}"
)
for name in "${cases[@]}"; do
  [[ "$name" == *"$only"* ]] || continue
  fresh "${name//_/ }"
  "$name"
done
fresh 'end'
[ "$((passed + failed))" -gt 0 ] || {
  echo "there is no case with '$only' in its name" >&2
  exit 2
}
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
