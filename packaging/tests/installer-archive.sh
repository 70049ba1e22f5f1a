# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # all of it is installer.sh
# Archives that are not as they were released, or that do not fit. Sourced by installer.sh.

archive_cases=(
  changed_extension changed_plugin missing_file file_that_is_not_listed wrong_signature
  development no_archive no_build other_libc does_not_load
)

# nothing_installed WHAT-IT-SAYS
nothing_installed() {
  ok "it fails" ends_with 1
  ok "it says why" says "$1"
  ok "it says what to do" says "$2"
  ok "nothing was installed" test ! -e "$home" -a ! -e "/etc/php/$minor/mods-available/agile_bridge.ini"
}

changed_extension() {
  printf x | dd of="$folder/lib/$build.so" bs=1 seek=4096 conv=notrunc status=none
  install
  nothing_installed "lib/$build.so of the archive is not the one that was released" 'Fetch it again'
}

changed_plugin() {
  printf ' ' >>"$folder/$plugin/drain.php"
  install
  nothing_installed "$plugin/drain.php of the archive is not the one that was released" 'Fetch it again'
}

missing_file() {
  rm "$folder/$plugin/drain.php"
  install
  nothing_installed 'is missing' 'Fetch it again'
}

file_that_is_not_listed() {
  echo '<?php' >"$folder/$plugin/more.php"
  install
  nothing_installed "$plugin/more.php is not in the archive's list" 'into a new folder'
  rm "$folder/$plugin/more.php"
  ln -s /etc/passwd "$folder/$plugin/more"
  install
  nothing_installed 'more (a link)' 'into a new folder'
}

wrong_signature() {
  if grep -q "'@PUBLIC_KEY@'" "$folder/install.php"; then sign "$folder"; fi
  sed -i 's/"libc"/"libC"/' "$folder/manifest.json"
  install
  nothing_installed 'The signature of manifest.json is wrong' 'Fetch it again'
  rm "$folder/manifest.json.sig"
  install
  nothing_installed 'The signature of manifest.json is wrong' 'Fetch it again'
  # All of it made anew by somebody else, but for the installer.
  cp "$folder/install.php" "$work/theirs"
  rm -f "$work/keys.other"
  keys_before="$work/keys.before"
  mv "$work/keys" "$keys_before" 2>/dev/null || true
  sign "$folder"
  cp "$work/theirs" "$folder/install.php"
  rm -f "$work/keys"
  [ ! -e "$keys_before" ] || mv "$keys_before" "$work/keys"
  install
  nothing_installed 'The signature of manifest.json is wrong' 'Fetch it again'
}

development() {
  sign "$folder"
  install --unsigned
  nothing_installed '--unsigned is for archives that were never released' 'Leave the option out'
  sed -i "s/^const PUBLIC_KEY.*/const PUBLIC_KEY = '@PUBLIC_KEY@';/" "$folder/install.php"
  install
  nothing_installed 'This is not a released archive' '--unsigned'
  install --unsigned
  ok "with --unsigned it is installed" enabled cli
}

no_archive() {
  rm "$folder/manifest.json"
  install
  nothing_installed 'There is no manifest.json' 'run the install.php in it'
}

no_build() {
  mv "$folder/lib/$build.so" "$folder/lib/9.9-nts.so"
  rm -f "$folder"/lib/8.*.so
  sign "$folder"
  install
  nothing_installed "this archive has no build for $build; it has 9.9-nts" 'build the extension from source'
}

other_libc() {
  # shellcheck disable=SC2016
  sign "$folder" '$manifest["libc"] = "musl";'
  install
  nothing_installed 'and glibc, this archive for' 'linux-glibc.tar.xz'
  # shellcheck disable=SC2016
  sign "$folder" '$manifest["architecture"] = "aarch64";'
  [ "$(uname -m)" = aarch64 ] || {
    install
    nothing_installed 'built for x86_64 and glibc, this archive for aarch64' 'x86_64-linux-glibc.tar.xz'
  }
}

does_not_load() {
  printf 'no library' >"$folder/lib/$build.so"
  sign "$folder"
  install
  nothing_installed 'the build for it does not load, so it was not enabled' 'tell those who make the extension'
  ok "PHP starts without a word" quiet cli
  # And one that works is not replaced by it.
  cp "$work/good/lib/$build.so" "$folder/lib/"
  sign "$folder"
  install
  printf 'no library' >"$folder/lib/$build.so"
  sign "$folder"
  install
  ok "an update that does not load fails" ends_with 1
  ok "and leaves what worked" enabled_quietly cli
  ok "and nothing beside it" test ! -e "$so.new"
}
