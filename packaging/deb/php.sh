# shellcheck shell=sh
# How postinst and prerm enable the extension and have running PHPs take notice. Sourced by both.
#
# Not by php_invoke of Debian's php-maintscript-helper: through dpkg's triggers it *restarts* each PHP-FPM that it touches, which
# ends requests in their middle, and Apache's module, asked so, is not even reloaded.

say() { echo "agile-bridge: $*" >&2; }

# state VERSION SAPI: 0 it is enabled, 32 the admin has disabled it, else it is not enabled.
state() {
  phpquery -q -v "$1" -s "$2" -m agile_bridge >/dev/null 2>&1
}

# enable_for VERSION: for all its SAPIs, those that come later too, but those whose admin does not want it. Which were changed is in
# $changed, which have it in $served, both as words like 8.2/fpm.
enable_for() {
  before=" "
  for sapi in $(phpquery -S -v "$1"); do
    if state "$1" "$sapi"; then before="$before$sapi "; fi
  done
  phpenmod -q -m -r -v "$1" agile_bridge
  for sapi in $(phpquery -S -v "$1"); do
    code=0
    state "$1" "$sapi" || code=$?
    case "$code" in
      0)
        served="$served $1/$sapi"
        case "$before" in *" $sapi "*) ;; *) changed="$changed $1/$sapi" ;; esac
        ;;
      32) say "left disabled for PHP $1 $sapi, as phpdismod wants it" ;;
      *) say "phpenmod did not enable it for PHP $1 $sapi; see: phpquery -v $1 -s $sapi -m agile_bridge" ;;
    esac
  done
}

# disable_for VERSION
disable_for() {
  for sapi in $(phpquery -S -v "$1"); do
    state "$1" "$sapi" || continue
    phpdismod -q -m -f -v "$1" -s "$sapi" agile_bridge || true
    changed="$changed $1/$sapi"
  done
}

# reload WORD...: gracefully, and only what runs. A PHP that cannot be reloaded is no reason for dpkg to fail.
reload() {
  apache=""
  for place in "$@"; do
    case "$place" in
      */fpm)
        fpm="php${place%/*}-fpm"
        runs "$fpm" "/run/php/$fpm.pid" || continue
        # With an error in its configuration it would stop instead.
        if said="$("php-fpm${place%/*}" -t 2>&1)"; then
          reload_service "$fpm"
        else
          say "$fpm was not reloaded, because there is an error in its configuration. It runs on as it was. It says: $said"
        fi
        ;;
      */apache2) apache=yes ;;
    esac
  done
  # (Its own script looks at its configuration first.)
  if [ -n "$apache" ] && runs apache2 /run/apache2/apache2.pid; then reload_service apache2; fi
}

# runs SERVICE PIDFILE. (FPM's own script asks pidof for its status, which does not see a process that waits for the disk.)
runs() {
  if [ -d /run/systemd/system ]; then
    systemctl --quiet is-active "$1"
  else
    [ -s "$2" ] && kill -0 "$(cat "$2")" 2>/dev/null
  fi
}

# (101: this machine's policy-rc.d forbids it, as when an image is built. Who has forbidden it knows.)
reload_service() {
  code=0
  invoke-rc.d --disclose-deny "$1" reload || code=$?
  case "$code" in
    0) say "reloaded $1" ;;
    101) say "$1 was not reloaded, because this machine does not let packages do that; it has the change when it is: service $1 reload" ;;
    *) say "$1 could not be reloaded, so it runs on as it was. Do it yourself: service $1 reload" ;;
  esac
}
