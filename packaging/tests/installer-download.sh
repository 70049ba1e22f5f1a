# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # all of it is installer.sh
# One line that fetches the installer, which fetches the rest, from a server of ours. Sourced by installer.sh.

download_cases=(piped piped_into_a_site piped_and_changed piped_and_gone piped_and_broken_off piped_without_an_address)

# publish [ADDRESS]: what a release has, signed, at an address that is this machine's own. Its server ends with end_server.
publish() {
  local packed="$work/packed" port
  rm -rf "$packed" "$work/server"
  mkdir -p "$packed" "$work/server"
  port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
  address="http://127.0.0.1:$port"
  cp -a "$work/good" "$packed/agile-bridge-0.1.0"
  rm -f "$packed"/*/manifest.json*
  AGILE_BRIDGE_DOWNLOAD_ADDRESS="${1-$address}" php "$here/../install/join.php" 0.1.0 >"$packed/agile-bridge-0.1.0/install.php"
  AGILE_BRIDGE_SIGNING_KEY="$(php -r 'echo base64_encode( sodium_crypto_sign_secretkey( sodium_crypto_sign_keypair() ) );')"
  export AGILE_BRIDGE_SIGNING_KEY
  php "$here/../sign.php" manifest "$packed/agile-bridge-0.1.0" 0.1.0 "$(uname -m)" glibc
  archive="$work/server/agile-bridge-0.1.0-$(uname -m)-linux-glibc.tar.xz"
  tar --create --directory="$packed" agile-bridge-0.1.0 | xz -1 >"$archive"
  php "$here/../sign.php" file "$archive"
  unset AGILE_BRIDGE_SIGNING_KEY
  cp "$packed/agile-bridge-0.1.0/install.php" "$work/server/"
  python3 -m http.server "$port" --bind 127.0.0.1 --directory "$work/server" >"$work/server.log" 2>&1 &
  server=$!
  until curl -fs -o /dev/null "$address/install.php"; do
    kill -0 "$server"
    sleep 0.05
  done
}
end_server() {
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=""
}

# The line that people type.
# shellcheck disable=SC2016
pipe() { try sh -c 'address="$1"; shift; curl -fsSL "$address/install.php" | php -- "$@"' sh "$address" "$@"; }
# (Its folders end in sixteen digits; build.sh has one there too.)
nothing_in_tmp() { [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'agile-bridge-????????????????')" ]; }

piped() {
  publish
  pipe
  ok "it succeeds" ends_with 0
  ok "the PHP has it" enabled_quietly cli
  ok "the installer that stays is the archive's" cmp -s "$home/install.php" "$work/server/install.php"
  ok "nothing stays in /tmp" nothing_in_tmp
  pipe
  ok "a second time nothing has to be changed" says 'Nothing had to be changed.'
  try php "$home/install.php" status
  ok "status succeeds" ends_with 0
  try php "$home/install.php" uninstall
  ok "and uninstall" test "$code" -eq 0 -a ! -e "$home"
  end_server
}

piped_into_a_site() {
  publish
  site www-data
  pipe "--wordpress=$site" --activate
  ok "it succeeds" ends_with 0
  ok "the plugin is there, as the owner's" test "$(stat -c %U "$site/wp-content/plugins/$plugin/$plugin.php")" = www-data
  end_server
}

piped_and_changed() {
  publish
  printf x | dd of="$archive" bs=1 seek=4096 conv=notrunc status=none
  pipe
  nothing_installed 'The signature of agile-bridge-0.1.0-' 'Fetch it again'
  ok "nothing stays in /tmp" nothing_in_tmp
  end_server
}

piped_and_gone() {
  publish
  rm "$archive"
  pipe
  nothing_installed "$address/$(basename "$archive") could not be fetched" 'by other means'
  ok "it says what the server said" says 404
  end_server
}

piped_and_broken_off() {
  publish
  try sh -c "curl -fsSL $address/install.php | head -c 20000 | php --"
  ok "it does nothing" test ! -e "$home"
  end_server
}

piped_without_an_address() {
  publish ''
  if grep -q "DOWNLOAD_ADDRESS = '';" "$work/server/install.php"; then
    pipe
    nothing_installed 'knows no address' 'run the install.php in it'
  else
    skip 'something is published'
  fi
  end_server
}
