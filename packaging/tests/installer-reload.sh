# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # all of it is installer.sh
# How running PHPs come to the change. systemd's place is taken by a script that notes what it is told. Sourced by installer.sh.

reload_cases=(without_systemd with_systemd running_fpm)

fpm() { [ -x "/usr/sbin/php-fpm$minor" ]; }

without_systemd() {
  fpm || { skip 'there is no FPM here'; return; }
  [ ! -d /run/systemd/system ] || { skip 'systemd runs here'; return; }
  install
  ok "it says what to reload" says "reload it: "
}

with_systemd() {
  fpm || { skip 'there is no FPM here'; return; }
  [ -n "${INSTALLER_ROOM:-}" ] || { skip "systemctl cannot be replaced here"; return; }
  [ -e /usr/bin/systemctl ] || { skip "there is no systemctl to take the place of"; return; }
  cat >"$work/systemctl" <<SH
#!/bin/sh
if [ "\$1" = list-units ]; then
  printf '  %s loaded active running A service\n' cron.service php$minor-fpm.service php7.4-fpm.service plesk-php${minor/./}-fpm.service php-fpm.service php-fpm-exporter.service
else
  echo "\$@" >>"$work/told"
fi
SH
  chmod 755 "$work/systemctl"
  mkdir -p /run/systemd
  mount -t tmpfs -o mode=755 none /run/systemd
  mkdir /run/systemd/system
  mount --bind "$work/systemctl" /usr/bin/systemctl
  install
  ok "all that is concerned is reloaded, and nothing else" test "$(sort "$work/told" | tr '\n' ',')" = \
    "reload php-fpm.service,reload php$minor-fpm.service,reload plesk-php${minor/./}-fpm.service,"
  rm "$work/told"
  install
  ok "a second run reloads nothing" test ! -e "$work/told"
  echo '[broken' >"/etc/php/$minor/fpm/pool.d/broken.conf"
  install uninstall
  ok "an FPM with an error in its configuration is not reloaded" test ! -e "$work/told" -a "$code" -eq 1
  ok "and it says so" says "php$minor-fpm.service was not reloaded: it would have stopped"
  rm "/etc/php/$minor/fpm/pool.d/broken.conf"
  umount /usr/bin/systemctl /run/systemd
}

running_fpm() {
  fpm || { skip 'there is no FPM here'; return; }
  [ -n "${INSTALLER_ROOM:-}" ] || { skip "another FPM may run here"; return; }
  mkdir -p /run/php
  mount -t tmpfs -o mode=755 none /run/php
  "/usr/sbin/php-fpm$minor" --daemonize
  install
  ok "it says of one that runs that it has to be reloaded" says "runs, as process $(cat "/run/php/php$minor-fpm.pid"), and does not have it yet. Reload it: service php$minor-fpm reload"
  try php "$home/install.php" status
  ok "status says that the FPM that runs does not have it" says "was started before and does not have it. Reload it: service php$minor-fpm reload"
  ok "and fails" ends_with 1
  try as_www_data php "$home/install.php" status
  ok "who may not look is told that" says 'is told to root only'
  kill -USR2 "$(cat "/run/php/php$minor-fpm.pid")"
  until grep -q agile-bridge "/proc/$(cat "/run/php/php$minor-fpm.pid")/maps"; do sleep 0.05; done
  try php "$home/install.php" status
  ok "reloaded it has it" says 'and so does the one that runs'
  ok "and status succeeds" ends_with 0
  kill "$(cat "/run/php/php$minor-fpm.pid")"
  while [ -e "/run/php/php$minor-fpm.pid" ]; do sleep 0.05; done
  umount /run/php
}
