#!/bin/sh
# Enables the extension for every PHP of this machine for which there is a build: the distribution's, and Remi's beside it. The line
# names the file by PHP's version, so another module stream of PHP has it too. For a PHP that is installed later beside the others
# there is no trigger, as Debian has one: dnf reinstall agile-bridge.
set -e

for php in /usr/bin/php /opt/remi/php*/root/usr/bin/php; do
  [ -x "$php" ] || continue
  version="$("$php" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')"
  folder="$("$php" -n -r 'echo PHP_CONFIG_FILE_SCAN_DIR;')"
  if [ -n "$(find /usr/lib/agile-bridge -name "$version-nts.so")" ] && [ -d "$folder" ]; then
    ln -sf /usr/share/agile-bridge/agile_bridge.ini "$folder/40-agile_bridge.ini"
  else
    echo "agile-bridge: this package has no build for $php, PHP $version. It goes on without the extension; a newer package may have one, or build it from source." >&2
  fi
done
[ ! -d /run/systemd/system ] || systemctl try-reload-or-restart 'php*-fpm.service' || true
