# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # all of it is installer.sh
# Where PHPs are, what else loads the extension, and what is left alone. Sourced by installer.sh.

place_cases=(
  apache_module package_is_there binary_that_others_write library_folder_of_others
  another_copy php_of_nobody panels
)

apache_module() {
  mkdir -p "/etc/php/$minor/apache2/conf.d"
  touch "/usr/lib/php/$minor/sapi/apache2"
  install
  ok "a module without a program is served" enabled apache2
  ok "it says which" says "PHP $minor apache2: now enabled"
  try php "$home/install.php" uninstall
  ok "and is rid of it" not enabled apache2
  rm -rf "/etc/php/$minor/apache2" "/usr/lib/php/$minor/sapi/apache2" "/var/lib/php/modules/$minor/apache2"
}

package_is_there() {
  local deb="$work/deb"
  mkdir -p "$deb/DEBIAN" "$deb/usr/lib/agile-bridge"
  printf 'Package: agile-bridge\nVersion: 0.1.0\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: of a test\n' >"$deb/DEBIAN/control"
  dpkg-deb -b "$deb" "$work/agile-bridge.deb" >/dev/null
  mkdir "$work/instdir"
  dpkg --instdir="$work/instdir" -i "$work/agile-bridge.deb" >/dev/null
  install
  nothing_installed 'The package agile-bridge is installed here' 'remove the package first'
  dpkg --instdir="$work/instdir" --purge agile-bridge >/dev/null
  install
  ok "without the package it is installed" ends_with 0
}

binary_that_others_write() {
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nid -u >>%s\nexec php "$@"\n' "$work/ran" >/usr/local/bin/php8.9
  chmod 777 /usr/local/bin/php8.9
  install
  ok "the others are served" ends_with 0
  ok "it is left alone" says '/usr/local/bin/php8.9: not run and left alone, because others than root can write /usr/local/bin/php8.9'
  ok "it was not run" test ! -e "$work/ran"
  chmod 755 /usr/local/bin/php8.9
  chown www-data /usr/local/bin/php8.9
  install status
  ok "nor one of another owner" says 'others than root can write /usr/local/bin/php8.9'
  chown root /usr/local/bin/php8.9
  chmod 777 /usr/local/bin
  install status
  ok "nor one in a folder of others" says 'others than root can write /usr/local/bin.'
  ok "none of them was run" test ! -e "$work/ran"
  chmod 755 /usr/local/bin
  try php "$home/install.php" uninstall
  cp "/usr/bin/php$minor" /usr/local/bin/php
  chmod 777 /usr/local/bin/php
  try /usr/local/bin/php "$folder/install.php"
  ok "if it is the PHP that shall have it, this is a failure" ends_with 1
}

library_folder_of_others() {
  mkdir "$home"
  chmod 777 "$home"
  install
  ok "it fails" ends_with 1
  ok "it says what to do" says "chmod go-w $home"
  ok "and puts nothing there" test -z "$(ls "$home")"
}

another_copy() {
  echo "extension=$work/agile_bridge.so" >"/etc/php/$minor/cli/conf.d/99-agile_bridge.ini"
  cp "$folder/lib/$build.so" "$work/agile_bridge.so"
  install
  ok "it fails" ends_with 1
  ok "it names the line" says "/etc/php/$minor/cli/conf.d/99-agile_bridge.ini loads another copy"
  ok "it is not loaded twice" quiet cli
  rm "/etc/php/$minor/cli/conf.d/99-agile_bridge.ini"
  try php "$home/install.php" uninstall
  echo '; mine' >"/etc/php/$minor/mods-available/agile_bridge.ini"
  install
  ok "an ini file of somebody else stays" grep -q mine "/etc/php/$minor/mods-available/agile_bridge.ini"
  ok "and it says so" says 'that this installer did not write'
}

# As in Docker's images and plain builds.
php_of_nobody() {
  local before
  cp "/usr/bin/php$minor" /usr/local/bin/php
  mkdir -p /usr/local/etc/php/conf.d
  before="$(footprint)"
  export PHP_INI_SCAN_DIR=/usr/local/etc/php/conf.d
  try /usr/local/bin/php "$folder/install.php"
  ok "it succeeds" ends_with 0
  ok "the ini file is in its folder" grep -qx "extension = \"$so\"" /usr/local/etc/php/conf.d/30-agile_bridge.ini
  ok "it has the extension" test -n "$(/usr/local/bin/php -m | grep agile_bridge)"
  try /usr/local/bin/php "$folder/install.php"
  ok "a second run changes nothing" says 'Nothing had to be changed.'
  try /usr/local/bin/php "$home/install.php" uninstall
  ok "uninstall leaves nothing" test "$before" = "$(footprint)"
  export PHP_INI_SCAN_DIR=
  try /usr/local/bin/php "$folder/install.php"
  ok "without a folder for ini files it fails" ends_with 1
  ok "and names the line and the file" says "extension = \"$so\""
  echo "extension = \"$so\"" >/usr/local/etc/php/php.ini
  export PHPRC=/usr/local/etc/php
  try /usr/local/bin/php "$folder/install.php"
  ok "with the line it succeeds" ends_with 0
  try /usr/local/bin/php "$home/install.php" uninstall
  ok "uninstall wants the line gone first" test "$code" -eq 1 -a -e "$so"
  rm /usr/local/etc/php/php.ini
  try /usr/local/bin/php "$home/install.php" uninstall
  ok "then it succeeds" test "$code" -eq 0 -a ! -e "$home"
  unset PHP_INI_SCAN_DIR PHPRC
}

panels() {
  local path
  for path in "plesk/php/$minor" "remi/php${minor/./}/root/usr" "cpanel/ea-php${minor/./}/root/usr"; do
    mkdir -p "/opt/$path/bin"
    cp "/usr/bin/php$minor" "/opt/$path/bin/php"
  done
  install status
  for path in "plesk/php/$minor" "remi/php${minor/./}/root/usr" "cpanel/ea-php${minor/./}/root/usr"; do
    ok "found: $path" says "/opt/$path/bin/php)"
  done
  rm -rf "/opt/plesk/php/$minor" /opt/remi /opt/cpanel
}
