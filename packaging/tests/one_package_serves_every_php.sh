#!/usr/bin/env bash
# The Debian package: on a clean Debian 12 and 13 every PHP and SAPI has the extension, also one that is installed afterwards, and
# running servers have it at once; a webhook makes a user; what an admin disables stays so; removed and purged it leaves nothing.
set -euo pipefail
# shellcheck source=packaging/tests/stage.sh
. "$(dirname "${BASH_SOURCE[0]}")/stage.sh"

deb="agile-bridge_${version}_amd64.deb"
php_packages() { printf 'php%s-cli php%s-fpm php%s-sqlite3 php%s-xml php%s-mbstring php%s-curl' "$1" "$1" "$1" "$1" "$1" "$1"; }

# (Not by a pipe into `grep -q`, which ends before PHP has written all.)
has_extension() { in_root "$@" -m >"$work/modules" && grep -qx agile_bridge "$work/modules"; }
has_none() { ! has_extension "$@"; }
is_quiet() {
  local said
  said="$(in_root "$@" 2>&1)"
  [ -z "$said" ] || {
    printf '%s\n' "$said"
    return 1
  }
}
leaves_nothing() {
  local left
  left="$(find "$work/$1" -xdev \( -path "$work/$1/proc" -o -path "$work/$1/srv" -o -path "$work/$1/var/log" -o -path "$work/$1/root" \) -prune -o -iname '*agile*bridge*' -print)"
  [ -z "$left" ] || {
    printf '%s\n' "$left"
    return 1
  }
}

# The core story: the plugin from the zip, a webhook, a user.
a_webhook_makes_a_user() {
  local name="$1" php="$2" port contact answer
  lay_out_wordpress "$name"
  unzip -q "$dist/bridge-for-agile-crm-$version.zip" -d "$work/$name/srv/wordpress/wp-content/plugins"
  port="$(free_port)"
  in_root "$name" "$php" /srv/install.php /srv/wordpress "http://127.0.0.1:$port"
  # shellcheck disable=SC2016 # PHP
  in_root "$name" "$php" -r '$_SERVER["HTTP_HOST"] = "x"; require "/srv/wordpress/wp-load.php"; require_once ABSPATH . "wp-admin/includes/plugin.php";
    $wrong = activate_plugin( "bridge-for-agile-crm/bridge-for-agile-crm.php" ); exit( null === $wrong ? 0 : 1 );'
  start_in_root "$work/$name.web" "$name" "$php" -S "127.0.0.1:$port" -t /srv/wordpress /srv/router.php
  contact="$(curl -s "$crm/sandbox/contacts" | jq -r '[.. | objects | select(.type? == "PERSON") | .id] | first')"
  await curl -s -o /dev/null "http://127.0.0.1:$port/wp-login.php"
  answer="$(curl -s "http://127.0.0.1:$port/?wpf_action=add&access_key=an-access-key-for-tests&contact_id=$contact")"
  printf '%s\n' "$answer"
  [ "$(jq -r .wp_status <<<"$answer")" = created ]
}

# Apache with mod_php, and PHP-FPM behind it under /fpm/, as their own scripts start them.
start_servers() {
  local name="$1" minor="$2" folder="$work/$1"
  apt_in "$name" install -y --no-install-recommends apache2 "libapache2-mod-php$minor" >/dev/null 2>&1
  port="$(free_port)"
  printf 'Listen 127.0.0.1:%s\nServerName localhost\n' "$port" >"$folder/etc/apache2/ports.conf"
  cat >"$folder/etc/apache2/sites-available/000-default.conf" <<APACHE
<VirtualHost *>
  DocumentRoot /srv/www
  <Directory /srv/www>
    Require all granted
  </Directory>
  <Directory /srv/www/fpm>
    <FilesMatch "php$">
      SetHandler "proxy:unix:/run/php/php$minor-fpm.sock|fcgi://localhost"
    </FilesMatch>
  </Directory>
</VirtualHost>
APACHE
  in_root "$name" a2enmod -q proxy_fcgi >/dev/null
  mkdir -p "$folder/srv/www/fpm"
  # shellcheck disable=SC2016 # PHP
  echo '<?php echo PHP_SAPI, extension_loaded( "agile_bridge" ) ? " has it" : " has none";' | tee "$folder/srv/www/index.php" >"$folder/srv/www/fpm/index.php"
  # It says that it has begun, and ends when it is told to.
  # shellcheck disable=SC2016 # PHP
  echo '<?php touch( "/tmp/begun" ); while ( ! file_exists( "/tmp/end" ) ) { usleep( 10000 ); clearstatcache(); } echo "to its end";' >"$folder/srv/www/long.php"
  chmod 1777 "$folder/tmp"
  printf '#!/bin/sh\nexit 0\n' >"$folder/usr/sbin/policy-rc.d"
  in_root "$name" service "php$minor-fpm" start >/dev/null
  in_root "$name" service apache2 start >/dev/null
  await answers "apache2handler has none" index.php
  await answers "fpm-fcgi has none" fpm/index.php
}
answers() {
  local said
  said="$(curl -s "http://127.0.0.1:$port/$2")"
  [ "$said" = "$1" ] || {
    printf '%s\n' "$said"
    return 1
  }
}
both_answer() { await answers "apache2handler $1" index.php && await answers "fpm-fcgi $1" fpm/index.php; }
masters() { printf '%s\n' "$(cat "$work/$1/run/php/php$2-fpm.pid")" "$(cat "$work/$1/run/apache2/apache2.pid")"; }
# What a reload leaves as it is: Apache's process, and FPM's socket. (FPM, reloaded in the background, is another process.)
standing() { printf '%s %s\n' "$(cat "$work/$1/run/apache2/apache2.pid")" "$(stat -c %i "$work/$1/run/php/php$2-fpm.sock")"; }
# all_mapped NAME MINOR FOLDER: the running servers have loaded it from there.
all_mapped() {
  local pid
  for pid in $(masters "$1" "$2"); do grep -F "$3" "/proc/$pid/maps" || return 1; done
}
# The same package as if it were the next release.
newer_package() {
  local folder="$work/newer"
  dpkg-deb -R "$dist/$deb" "$folder"
  mv "$folder/usr/lib/agile-bridge/$version" "$folder/usr/lib/agile-bridge/9.9.9"
  sed -i "s|/$version/|/9.9.9/|" "$folder/usr/share/agile-bridge/agile_bridge.ini"
  sed -i 's/^Version: .*/Version: 9.9.9/' "$folder/DEBIAN/control"
  rm "$folder/DEBIAN/md5sums"
  dpkg-deb -b "$folder" "$work/$1/tmp/newer.deb" >/dev/null
  rm -r "$folder"
}

running_servers() {
  local name="$1" minor="$2" before long pid
  start_servers "$name" "$minor"
  before="$(standing "$name" "$minor")"
  curl -s "http://127.0.0.1:$port/long.php" >"$work/long" &
  long=$!
  await test -e "$work/$name/tmp/begun"
  check "$name: the package is installed where servers run" apt_in "$name" install -y --no-install-recommends "/tmp/$deb"
  check "$name: Apache and FPM have it at once" both_answer "has it"
  check "$name: they were reloaded and not restarted" test "$before" = "$(standing "$name" "$minor")"
  touch "$work/$name/tmp/end"
  wait "$long"
  check "$name: a request that was under way came to its end" grep -qx "to its end" "$work/long"
  newer_package "$name"
  check "$name: it is updated" apt_in "$name" install -y /tmp/newer.deb
  check "$name: they have the new file" await all_mapped "$name" "$minor" /usr/lib/agile-bridge/9.9.9/
  check "$name: and are the same still" test "$before" = "$(standing "$name" "$minor")"
  echo 'nonsense' >"$work/$name/etc/php/$minor/fpm/pool.d/wrong.conf"
  check "$name: with an error in FPM's configuration it is updated too" apt_in "$name" install -y --reinstall /tmp/newer.deb
  check "$name: and FPM runs on" answers "fpm-fcgi has it" fpm/index.php
  rm "$work/$name/etc/php/$minor/fpm/pool.d/wrong.conf"
  check "$name: it is removed while they run" apt_in "$name" remove -y agile-bridge
  check "$name: they have none at once" both_answer "has none"
  # (Not by FPM's own script: from inside of a root it ends every PHP-FPM of this machine.)
  for pid in $(masters "$name" "$minor"); do
    kill "$pid"
    await test ! -e "/proc/$pid"
  done
  printf '#!/bin/sh\nexit 101\n' >"$work/$name/usr/sbin/policy-rc.d"
}

scenario() {
  local suite="$1" minor="$2" name="$1"
  fresh_root "$suite" "$name"
  apt_in "$name" update
  # shellcheck disable=SC2046 # words
  apt_in "$name" install -y --no-install-recommends $(php_packages "$minor") >/dev/null 2>&1
  cp "$dist/$deb" "$work/$name/tmp/"
  running_servers "$name" "$minor"
  check "$suite: the package installs" apt_in "$name" install -y --no-install-recommends "/tmp/$deb"
  check "$suite: PHP $minor has it on the command line" has_extension "$name" "php$minor"
  check "$suite: PHP-FPM $minor has it" has_extension "$name" "php-fpm$minor"
  check "$suite: PHP starts without a word" is_quiet "$name" "php$minor" -r ''
  check "$suite: a webhook makes a user" a_webhook_makes_a_user "$name" "php$minor"
  check "$suite: another SAPI is installed" apt_in "$name" install -y --no-install-recommends "php$minor-cgi"
  check "$suite: and has it, nobody did anything" has_extension "$name" "php-cgi$minor"
}

another_minor() {
  local name="$1" suite="$2" minor="$3"
  # (What it depends on may be newer than this release.)
  printf 'deb %s %s main\n' "$(found_mirror)" "$suite" "$(found_mirror)" sid >"$work/$name/etc/apt/sources.list.d/more.list"
  if ! apt_in "$name" -o Acquire::Check-Valid-Until=false update || ! apt_in "$name" install -y --no-install-recommends -t "$suite" "php$minor-cli" >"$work/more" 2>&1; then
    skip "$name: Debian $suite has no PHP $minor that installs here today"
    return
  fi
  if [ -e "$dist/build/$minor-nts-x86_64-glibc.so" ]; then
    check "$name: PHP $minor, installed afterwards, has it" has_extension "$name" "php$minor"
  else
    check "$name: PHP $minor, for which there is no build, starts without a word" is_quiet "$name" "php$minor" -r ''
  fi
  check "$name: PHP $minor goes without a complaint" apt_in "$name" purge -y "php$minor-cli" "php$minor-common"
}

farewell() {
  local name="$1" minor="$2"
  in_root "$name" phpdismod agile_bridge
  apt_in "$name" install -y --reinstall "/tmp/$deb" >/dev/null 2>&1
  check "$name: what phpdismod has disabled stays so" has_none "$name" "php$minor"
  in_root "$name" phpenmod agile_bridge
  check "$name: and phpenmod brings it back" has_extension "$name" "php$minor"
  check "$name: it is removed" apt_in "$name" remove -y agile-bridge
  check "$name: PHP goes on without it, and without a word" is_quiet "$name" "php$minor" -r ''
  check "$name: it is purged" apt_in "$name" purge -y agile-bridge
  rm -f "$work/$name/tmp/$deb"
  check "$name: nothing is left of it" leaves_nothing "$name"
}

[ -e "$dist/$deb" ] || {
  echo "there is no $dist/$deb: make dist" >&2
  exit 1
}
start_crm
scenario bookworm 8.2
farewell bookworm 8.2
scenario trixie 8.4
another_minor trixie experimental 8.5
farewell trixie 8.4
tally
