#!/bin/sh
# The extension is disabled before its files go: a PHP that finds its line and not its file complains at every start.
set -e

# An update: what is there stays.
[ "$1" = 0 ] || exit 0
for ini in /etc/php.d/40-agile_bridge.ini /etc/opt/remi/php*/php.d/40-agile_bridge.ini; do
  [ ! -L "$ini" ] || rm "$ini"
done
[ ! -d /run/systemd/system ] || systemctl try-reload-or-restart 'php*-fpm.service' || true
