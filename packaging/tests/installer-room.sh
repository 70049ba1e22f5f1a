# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # all of it is installer.sh
# What installer.sh stands on: a copy of the system folders that may be spoiled, archives of every kind, sites. Sourced by it.

home=/usr/local/lib/agile-bridge
plugin=bridge-for-agile-crm
passed=0
failed=0

# ok WHAT COMMAND...: one line for each thing that has to hold.
ok() {
  local what="$1"
  shift
  if "$@"; then
    passed=$((passed + 1))
    printf 'ok    %s: %s\n' "$case" "$what"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s: %s\n      exit code %s, it said:\n%s\n' "$case" "$what" "$code" "      ${said//$'\n'/$'\n'      }"
  fi
}

skip() { printf 'skip  %s: %s\n' "$case" "$*"; }

not() { ! "$@"; }

# With bash's own matching: the text may be long, and `grep -q` would break the pipe.
says() { [[ "$said" == *"$1"* ]]; }

ends_with() { [ "$code" -eq "$1" ]; }

# try COMMAND...: what it says and how it ends, in $said and $code.
try() {
  code=0
  said="$("$@" 2>&1)" || code=$?
  # Whatever it is about: nobody is to read what PHP thinks of our code.
  if grep -Eq '(Warning|Notice|Deprecated|Fatal error): .* in .*install\.php' <<<"$said"; then
    ok "PHP has nothing to say about $1 $2" false
  fi
}

# The installer of the archive in $folder.
install() { try php "$folder/install.php" "$@"; }

# private_room SCRIPT: runs it again where the system's folders are copies that go with it. (Debian's own tools write there.)
private_room() {
  if [ -n "${INSTALLER_ROOM:-}" ] || [ "${THROWAWAY:-}" = 1 ]; then return; fi
  local room code=0
  room="$(mktemp -d)"
  INSTALLER_ROOM="$room" unshare --mount bash "$1" "$only" || code=$?
  rmdir "$room"
  exit "$code"
}

spread_copies() {
  [ -n "${INSTALLER_ROOM:-}" ] || return 0
  mount -t tmpfs -o mode=755 none "$INSTALLER_ROOM"
  local path
  for path in /usr/local /opt /etc/php /var/lib/php /var/lib/dpkg /usr/lib/php; do
    mkdir -p "$path" "$INSTALLER_ROOM$path/upper" "$INSTALLER_ROOM$path/work"
    mount -t overlay -o "lowerdir=$path,upperdir=$INSTALLER_ROOM$path/upper,workdir=$INSTALLER_ROOM$path/work" overlay "$path"
  done
}

# A server on which nobody has installed anything.
fresh() {
  case="$1"
  code=0 said=""
  rm -rf "$home" /etc/php/*/mods-available/agile_bridge.ini /etc/php/*/*/conf.d/*agile_bridge.ini /usr/local/etc/php
  rm -f /var/lib/php/modules/*/*/*/agile_bridge /usr/local/bin/php /usr/local/bin/php8.9
  folder="$work/archive"
  rm -rf "$folder"
  cp -a "$work/good" "$folder"
}

# All that an installation could have left behind; with inodes and times also whether anything was touched.
footprint() { find /usr/local /etc/php /var/lib/php/modules -printf '%p %l %m %u\n' | sort; }
touched() { find "$home" /etc/php /var/lib/php/modules -printf '%p %i %T@\n' | sort; }

enabled() { PHP_INI_SCAN_DIR="/etc/php/$minor/$1/conf.d" php -m | grep -x agile_bridge >/dev/null; }
quiet() { [ -z "$(PHP_INI_SCAN_DIR="/etc/php/$minor/$1/conf.d" php -r '' 2>&1)" ]; }

# The archive to begin with, in $work/good: ARCHIVE, or one made of this checkout and of SO.
make_good() {
  local good="$work/good"
  mkdir -p "$good"
  if [ -d "${ARCHIVE:-}" ]; then
    cp -R "$ARCHIVE/." "$good"
    return
  elif [ -n "${ARCHIVE:-}" ]; then
    tar -xJf "$ARCHIVE" -C "$good" --strip-components=1
    return
  fi
  mkdir "$good/lib"
  cp "$SO" "$good/lib/$minor-nts.so"
  cp -R "$here/../../wp-plugin" "$good/$plugin"
  php "$here/../install/join.php" 0.1.0 >"$good/install.php"
}

# sign FOLDER [EXPRESSION]: lists and signs what is there, with a key of ours; PHP may change $manifest before.
sign() {
  # shellcheck disable=SC2016 # that is PHP
  php -n -r '
    [ , $folder, $keys, $before ] = $argv;
    is_file( $keys ) || file_put_contents( $keys, sodium_crypto_sign_keypair() );
    $manifest = [ "version" => "0.1.0", "architecture" => php_uname( "m" ), "libc" => "glibc", "files" => [] ];
    foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $folder, FilesystemIterator::SKIP_DOTS ) ) as $path => $file ) {
      $manifest["files"][ substr( $path, strlen( $folder ) + 1 ) ] = hash_file( "sha256", $path );
    }
    unset( $manifest["files"]["install.php"], $manifest["files"]["manifest.json"], $manifest["files"]["manifest.json.sig"] );
    eval( $before );
    $text = json_encode( $manifest, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES );
    $pair = file_get_contents( $keys );
    file_put_contents( "$folder/manifest.json", $text );
    file_put_contents( "$folder/manifest.json.sig", sodium_crypto_sign_detached( $text, sodium_crypto_sign_secretkey( $pair ) ) );
    $key       = base64_encode( sodium_crypto_sign_publickey( $pair ) );
    $installer = file_get_contents( "$folder/install.php" );
    file_put_contents( "$folder/install.php", preg_replace( "/^const PUBLIC_KEY.*/m", "const PUBLIC_KEY = \x27$key\x27;", $installer ) );
  ' -- "$1" "$work/keys" "${2:-}"
}

# site OWNER: an empty house with a wp-load.php that says who loads it, in $site. (Its wp-config.php notes that.)
site() {
  site="$work/site"
  rm -rf "$site" "$work/noted"
  mkdir -p "$site/wp-content/plugins" "$site/wp-admin/includes"
  # shellcheck disable=SC2016
  printf '<?php\ndefine( "ABSPATH", __DIR__ . "/" );\nrequire __DIR__ . "/wp-config.php";\n' >"$site/wp-load.php"
  printf '<?php\nfile_put_contents( "%s", shell_exec( "id -u; id -G" ), FILE_APPEND );\n' "$work/noted" >"$site/wp-config.php"
  # shellcheck disable=SC2016
  printf '<?php\nfunction is_plugin_active( $p ) { return false; }\nfunction activate_plugin( $p ) { return null; }\nfunction is_wp_error( $r ) { return false; }\n' >"$site/wp-admin/includes/plugin.php"
  install_note
  chown -R "$1" "$site"
}

install_note() {
  : >"$work/noted"
  chmod 666 "$work/noted"
}

# real_site: a WordPress on SQLite, installed, owned by www-data, in $site; false where there is none to copy.
real_site() {
  local wordpress="${WORDPRESS_DIR:-$here/../../.cache/wordpress-6.8}" sqlite="${SQLITE_DIR:-$here/../../.cache/sqlite-database-integration}"
  local installer="${SITE_INSTALLER:-$here/../../tests/site/php/install.php}"
  [ -e "$installer" ] && [ -e "$wordpress/wp-load.php" ] && [ -e "$sqlite/load.php" ] && php -m | grep -x pdo_sqlite >/dev/null || return 1
  site="$work/wordpress"
  rm -rf "$site"
  cp -R "$wordpress" "$site"
  rm -rf "$site/wp-content/plugins/$plugin"
  cp -R "$sqlite" "$site/wp-content/plugins/sqlite-database-integration"
  sed "s#{SQLITE_IMPLEMENTATION_FOLDER_PATH}#$site/wp-content/plugins/sqlite-database-integration#; s#{SQLITE_PLUGIN}#sqlite-database-integration/load.php#" \
    "$sqlite/db.copy" >"$site/wp-content/db.php"
  mkdir -p "$site/wp-content/database"
  cat >"$site/wp-config.php" <<PHP
<?php
file_put_contents( '$work/noted', shell_exec( 'id -u' ), FILE_APPEND );
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', '' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', '' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'DISABLE_WP_CRON', true );
\$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
PHP
  chown -R www-data:www-data "$site"
  install_note
  cp "$installer" "$work/install-site.php"
  as_www_data php "$work/install-site.php" "$site" http://localhost >/dev/null
}

as_www_data() { setpriv --reuid=www-data --regid=www-data --init-groups -- "$@"; }

# The active plugins of $site.
# shellcheck disable=SC2016 # that is PHP
active_plugins() { as_www_data php -r 'define( "WP_USE_THEMES", false ); require $argv[1] . "/wp-load.php"; echo implode( " ", get_option( "active_plugins" ) );' -- "$site"; }

noted_users() { sort -u "$work/noted" | tr '\n' ' '; }
