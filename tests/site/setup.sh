#!/usr/bin/env bash
# Brings to this machine what a real WordPress needs, once: Debian's packages, WordPress, the SQLite plugin.
#
#   tests/site/setup.sh          everything, for lint and tests; well under a second when there is nothing to do
#   tests/site/setup.sh demo     what the demo needs: no database server, no web server, no browser
#   tests/site/setup.sh bench    what the bench needs: the servers, and what counts instructions
#   tests/site/setup.sh cluster  what three database nodes on this machine need, besides the servers
#   tests/site/setup.sh mysql    for `make test-mysql`: the MySQL of Debian unstable; mariadb-11.8: the MariaDB of Debian 13
#
# Debian 12 has no WordPress that is new enough, so its .deb files are taken from later releases of Debian, by the
# machine's own apt, with the machine's own mirror and keys, and unpacked into the cache: they are never installed.
# Anywhere else: install PHP, nginx and MariaDB yourself and let WORDPRESS_DIR name the folder of a WordPress.
#
# AGILE_BRIDGE_CACHE  where to keep all this (default: .cache in the repository)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cache="${AGILE_BRIDGE_CACHE:-$root/.cache}"
# shellcheck source=packaging/debian.sh
. "$root/packaging/debian.sh"

# The unversioned names: PHP 8.2 on Debian 12, a later one on a later Debian.
demo_packages=(
  gcc libc6-dev make ca-certificates clang libclang-dev
  php-dev php-cli php-sqlite3 php-xml php-mbstring php-curl php-intl
  unzip debian-archive-keyring
)
test_packages=(
  "${demo_packages[@]}"
  php-fpm php-mysql nginx mariadb-server
  apache2-bin libapache2-mod-php libapache2-mod-fcgid php-cgi
  redis-server php-redis php-igbinary
  git shellcheck php-codesniffer
  chromium
)
bench_packages=(
  "${demo_packages[@]}"
  php-fpm php-mysql nginx mariadb-server
  redis-server php-redis php-igbinary
  php-cgi valgrind
)
# rsync gives a node that joins all data; lsof (or ss) tells it whether the port is free.
cluster_packages=(
  "${demo_packages[@]}"
  php-fpm php-mysql nginx mariadb-server
  galera-4 rsync lsof
)
wordpress_packages=(
  wordpress wordpress-theme-twentytwentyfive php-getid3 libphp-phpmailer
  libjs-underscore libjs-lodash libjs-cropper libjs-jquery-ui
)
# The npm package that carries WordPress' official SQLite integration plugin.
sqlite_carrier="@wp-playground/cli@3.1.56"

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# Only one set-up at a time, and only when there is something to do.
lock() {
  mkdir -p "$cache"
  exec 9>"$cache/setup.lock"
  flock 9
}

missing_packages() {
  local wanted=("$@")
  # Machines with Node.js of another origin have npm, and Debian's would fight with it.
  command -v npm >/dev/null || wanted+=(npm)
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort)
}

install_packages() {
  command -v apt-get >/dev/null || {
    say "no apt here: taking for granted that PHP, nginx and MariaDB are installed"
    return
  }
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  lock
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  # The packages bring services. Ours run on sockets and folders of their own, so none of these is started, ...
  local policy=/usr/sbin/policy-rc.d added=""
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    # Also after Ctrl-C: left behind, it would keep every service of this machine from starting.
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
    added=yes
  fi
  local failed=""
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >"$cache/setup.log" 2>&1 || failed=yes
  if [ -n "$added" ]; then
    as_root rm -f "$policy"
    trap - EXIT
  fi
  [ -z "$failed" ] || {
    tail -n 20 "$cache/setup.log" >&2
    die "apt-get could not install ${missing[*]}"
  }
  # Debian loads these into every PHP of the machine. A site that wants them loads them itself.
  local package
  for package in "${missing[@]}"; do
    case "$package" in
      php-redis | php-igbinary) as_root phpdismod -q "${package#php-}" ;;
    esac
  done
  # ... and those that we brought do not start with the machine either.
  if [ -d /run/systemd/system ]; then
    for package in "${missing[@]}"; do
      case "$package" in
        nginx) as_root systemctl disable nginx || true ;;
        mariadb-server) as_root systemctl disable mariadb || true ;;
        redis-server) as_root systemctl disable redis-server || true ;;
        rsync) as_root systemctl disable rsync || true ;;
        php-fpm) as_root systemctl disable "php$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')-fpm" || true ;;
      esac
    done
  fi
}

# fetch_wordpress SUITE FOLDER: the WordPress of a Debian suite, complete, links resolved.
fetch_wordpress() {
  local suite="$1" folder="$2" work
  work="$(mktemp -d "$cache/unpack.XXXXXX")"
  # shellcheck disable=SC2064 # the folder of now, not of then
  trap "rm -rf '$work'" EXIT
  unpack_debs "$suite" amd64 "$work/root" "${wordpress_packages[@]}" || die "set WORDPRESS_DIR to a WordPress folder"

  local site="$work/root/usr/share/wordpress"
  # Debian's own configuration scheme, and the two links that point out of the package.
  rm -f "$site/wp-config.php" "$site/.htaccess"
  ln -sf "$(readlink -f /etc/ssl/certs/ca-certificates.crt)" "$site/wp-includes/certificates/ca-bundle.crt"
  cp -rL "$site" "$work/wordpress"
  mkdir -p "$work/wordpress/wp-content/uploads"
  [ -z "$(find "$work/wordpress" -type l)" ] || die "WordPress of $suite came with links that lead nowhere"
  rm -rf "$folder"
  mv "$work/wordpress" "$folder"
  rm -rf "$work"
  trap - EXIT
}

# install_wordpress SUITE NAME
install_wordpress() {
  local suite="$1" folder="$cache/wordpress-$2"
  [ -z "${WORDPRESS_DIR:-}" ] && [ ! -e "$folder/wp-load.php" ] || return 0
  lock
  [ ! -e "$folder/wp-load.php" ] || return 0
  say "fetching WordPress of Debian $suite"
  fetch_wordpress "$suite" "$folder"
  say "$(sed -n "s/^\$wp_version = '\(.*\)';/WordPress \1/p" "$folder/wp-includes/version.php") is in $folder"
}

install_sqlite() {
  local folder="$cache/sqlite-database-integration" stamp="$cache/sqlite-database-integration.from" work
  [ "$(cat "$stamp" 2>/dev/null)" != "$sqlite_carrier" ] || return 0
  lock
  say "fetching the SQLite integration plugin"
  work="$(mktemp -d "$cache/unpack.XXXXXX")"
  # shellcheck disable=SC2064 # the folder of now, not of then
  trap "rm -rf '$work'" EXIT
  (cd "$work" && npm pack --silent "$sqlite_carrier" >/dev/null 2>&1) || die "npm could not fetch $sqlite_carrier"
  tar -xzf "$work"/*.tgz -C "$work" package/sqlite-database-integration.zip
  unzip -q "$work/package/sqlite-database-integration.zip" -d "$work/plugin"
  rm -rf "$folder"
  mv "$work/plugin/plugin-sqlite-database-integration" "$folder"
  echo "$sqlite_carrier" >"$stamp"
  rm -rf "$work"
  trap - EXIT
}

# install_server NAME SUITE PROGRAM PACKAGE...: the database server of a Debian suite with all of its libraries, also the C library:
# it runs beside this machine's own by its own loader, as servers/NAME/server of the cache.
install_server() {
  local name="$1" suite="$2" program="$3" folder="$cache/servers/$1" usr loader libraries file
  shift 3
  [ ! -x "$folder/server" ] || return 0
  lock
  [ ! -x "$folder/server" ] || return 0
  say "fetching $name of Debian $suite"
  rm -rf "$folder"
  mkdir -p "$folder"
  unpack_debs "$suite" "$(dpkg --print-architecture)" "$folder" --with-dependencies "$@" || die "$name could not be fetched"
  usr="$folder/usr"
  rm -rf "$usr/share/doc" "$usr/share/man" "$usr/share/locale"
  loader="$(find "$usr/lib" -name 'ld-linux-*.so.*' | head -n 1)"
  libraries="$(dirname "$loader")"
  # (What MariaDB's script for a new data folder calls, it calls by these names.)
  for file in "$usr/sbin/$program" "$usr/bin/my_print_defaults" "$usr/bin/resolveip"; do
    [ -e "$file" ] || continue
    mv "$file" "$file.real"
    printf '#!/bin/sh\nexec %q --library-path %q %q "$@"' "$loader" "$libraries" "$file.real" >"$file"
    [ "$file" != "$usr/sbin/$program" ] || printf ' --basedir=%q' "$usr" >>"$file"
    echo >>"$file"
    chmod +x "$file"
  done
  if [ -e "$usr/bin/mariadb-install-db" ]; then
    # Its options, of which --no-defaults has to be the first, come with --basedir after them.
    printf '#!/bin/sh\nexec %q "$@" --basedir=%q\n' "$usr/bin/mariadb-install-db" "$usr" >"$folder/installer"
    chmod +x "$folder/installer"
  fi
  "$usr/sbin/$program" --no-defaults --version >&2 || die "$name of Debian $suite does not run here"
  ln -s "$usr/sbin/$program" "$folder/server"
}

# What drives the browser; the browser itself is Debian's.
install_browser_driver() {
  local folder="$root/tests/browser"
  local installed="$folder/node_modules/.package-lock.json"
  [ ! "$installed" -nt "$folder/package-lock.json" ] || return 0
  lock
  say "fetching what drives the browser"
  npm ci --prefix "$folder" --silent --no-audit --no-fund >&2 || die "npm could not fetch what tests/browser/package-lock.json names"
}

case "${1:-test}" in
  demo)
    install_packages "${demo_packages[@]}"
    install_wordpress trixie 6.8
    install_sqlite
    ;;
  test)
    install_packages "${test_packages[@]}"
    # The WordPress we promise to work with, and the newest there is.
    install_wordpress trixie 6.8
    install_wordpress sid latest
    install_sqlite
    install_browser_driver
    ;;
  bench)
    install_packages "${bench_packages[@]}"
    install_wordpress trixie 6.8
    ;;
  cluster)
    install_packages "${cluster_packages[@]}"
    install_wordpress trixie 6.8
    ;;
  mysql) install_server mysql sid mysqld mysql-server-core ;;
  mariadb-11.8) install_server mariadb-11.8 trixie mariadbd mariadb-server-core mariadb-server ;;
  *) die "unknown set-up '$1': demo, test, bench, cluster, mysql or mariadb-11.8" ;;
esac
