# shellcheck shell=bash
# What the tests of packages share: clean roots of Debian, a WordPress in them, and a tally.

# shellcheck disable=SC2034 # by who sources this
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# shellcheck source=packaging/debian.sh
. "$root/packaging/debian.sh"
cache="${AGILE_BRIDGE_CACHE:-$root/.cache}/dist"
# shellcheck disable=SC2034
dist="$root/dist"
# shellcheck disable=SC2034
version="$("$root/packaging/version.sh")"
passed=0
failed=0
skipped=0
work="$(mktemp -d)"
started=()

leave() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  # Services that a root's own scripts have started.
  for pid in "$work"/*/run/php/*.pid "$work"/*/run/apache2/*.pid; do
    [ ! -f "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap leave EXIT

# check WHAT COMMAND...: runs it, and counts.
check() {
  local what="$1"
  shift
  if "$@" >"$work/said" 2>&1; then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$what"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n' "$what"
    sed 's/^/        /' "$work/said" | tail -n 20
  fi
}

skip() {
  skipped=$((skipped + 1))
  printf 'SKIPPED %s\n' "$*"
}

tally() {
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}

# fresh_root SUITE NAME: a clean Debian of that suite in $work/NAME; made once, copied each time.
fresh_root() {
  local made="$cache/roots/$1"
  if [ ! -e "$made/etc/debian_version" ]; then
    mkdir -p "$cache/roots"
    rm -rf "$made"
    as_root debootstrap --variant=minbase --include=ca-certificates "$1" "$made" "$(found_mirror)" >"$cache/debootstrap.log" 2>&1 || {
      tail -n 5 "$cache/debootstrap.log" >&2
      rm -rf "$made"
      return 1
    }
  fi
  cp --archive --reflink=auto "$made" "$work/$2"
  # No service may start in here, and /proc is wanted by what asks about itself.
  printf '#!/bin/sh\nexit 101\n' >"$work/$2/usr/sbin/policy-rc.d"
  chmod +x "$work/$2/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf /etc/hosts "$work/$2/etc/" 2>/dev/null || true
}

# shellcheck disable=SC2016 # the inner shell's own words
enter='mount --bind /proc "$0/proc" && mount --bind /dev "$0/dev"
  exec chroot "$0" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"'

# in_root NAME COMMAND...: with /proc and /dev, in namespaces of its own, so that nothing stays mounted.
in_root() {
  unshare --mount --propagation private sh -c "$enter" "$work/$1" "${@:2}"
}

# start_in_root LOG NAME COMMAND...: the same in the background, until the test ends. Each program becomes the next one, so that the
# process id that is noted is the last one's.
start_in_root() {
  unshare --mount --propagation private sh -c "$enter" "$work/$2" "${@:3}" >"$1" 2>&1 &
  started+=($!)
}

apt_in() {
  local name="$1"
  shift
  in_root "$name" apt-get -qq -o Dpkg::Use-Pty=0 "$@"
}

# free_port: one that nobody listens on now.
free_port() {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# await COMMAND...: until it succeeds, half a minute at most.
await() {
  local tries
  for tries in $(seq 300); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  printf 'it never came: %s (%s tries)\n' "$*" "$tries" >&2
  return 1
}

# start_crm: the sandbox; its address in $crm.
start_crm() {
  cargo build --quiet --manifest-path "$root/Cargo.toml" --package sandbox
  local port
  port="$(free_port)"
  "${CARGO_TARGET_DIR:-$root/target}/debug/sandbox" --http "127.0.0.1:$port" >"$work/crm.log" 2>&1 &
  started+=($!)
  crm="http://127.0.0.1:$port"
  await grep -q "$port" "$work/crm.log"
}

# lay_out_wordpress NAME: WordPress on SQLite in /srv/wordpress of that root, with the constants that the bridge needs.
lay_out_wordpress() {
  local folder="$work/$1/srv/wordpress" plugin
  mkdir -p "$work/$1/srv"
  cp --archive --reflink=auto "$root/.cache/wordpress-6.8" "$folder"
  plugin="$folder/wp-content/plugins/sqlite-database-integration"
  cp --archive "$root/.cache/sqlite-database-integration" "$plugin"
  sed "s|{SQLITE_IMPLEMENTATION_FOLDER_PATH}|/srv/wordpress/wp-content/plugins/sqlite-database-integration|; s|{SQLITE_PLUGIN}|sqlite-database-integration/load.php|" \
    "$plugin/db.copy" >"$folder/wp-content/db.php"
  cat >"$folder/wp-config.php" <<PHP
<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', '' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', '' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'DISABLE_WP_CRON', true );
define( 'AGILE_BRIDGE_DOMAIN', 'demo' );
define( 'AGILE_BRIDGE_EMAIL', 'owner@example.com' );
define( 'AGILE_BRIDGE_API_KEY', 'sandbox-api-key' );
define( 'AGILE_BRIDGE_ACCESS_KEY', 'an-access-key-for-tests' );
define( 'AGILE_BRIDGE_API_URL', '$crm' );
\$table_prefix = 'wp_';
defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );
require_once ABSPATH . 'wp-settings.php';
PHP
  cp "$root/tests/site/php/install.php" "$root/tests/site/php/router.php" "$work/$1/srv/"
}
