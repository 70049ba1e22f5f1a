# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # all of it is installer.sh
# The plugin and WordPress: what root may and may not do there. Sourced by installer.sh.

site_cases=(planted_links owner_of_the_site plugin_there ways_to_become_the_owner real_wordpress prepended_file)

there() { [ -f "$site/wp-content/plugins/$plugin/$plugin.php" ]; }
owner_of() { stat -c %U "$1"; }
is_active() { [[ " $(active_plugins) " == *" $plugin/$plugin.php "* ]]; }
no_trace() { [ -z "$(find "$site/wp-content/plugins" -name ".$plugin*")" ]; }

planted_links() {
  site www-data
  mkdir "$work/elsewhere"
  chown www-data "$work/elsewhere"
  ln -s "$work/elsewhere" "$site/wp-content/plugins/$plugin"
  install --wordpress="$site" --activate
  ok "a link as the plugin's folder: it fails" ends_with 1
  ok "and says so" says "$plugin is a link"
  ok "and nothing is behind the link" test -z "$(ls -A "$work/elsewhere")"
  ok "WordPress was not loaded" test ! -s "$work/noted"
  ok "the extension is installed" enabled cli

  site www-data
  mv "$site/wp-content/plugins" "$work/elsewhere/plugins"
  ln -s "$work/elsewhere/plugins" "$site/wp-content/plugins"
  install --wordpress="$site"
  ok "a link as plugins: refused" test "$code" -eq 1 -a -z "$(ls -A "$work/elsewhere/plugins")"
  ok "and it says so" says 'plugins is a link'

  site www-data
  mv "$site/wp-content" "$work/elsewhere/wp-content"
  ln -s "$work/elsewhere/wp-content" "$site/wp-content"
  install --wordpress="$site"
  ok "a link as wp-content: refused" test "$code" -eq 1 -a -z "$(ls -A "$work/elsewhere/wp-content/plugins")"
  ok "and it says so" says 'wp-content is a link'

  site www-data
  mv "$site/wp-load.php" "$work/elsewhere/wp-load.php"
  ln -s "$work/elsewhere/wp-load.php" "$site/wp-load.php"
  install --wordpress="$site"
  ok "a link as wp-load.php: refused" ends_with 1
  rm -rf "$work/elsewhere"
}

owner_of_the_site() {
  site root
  install --wordpress="$site" --activate
  nothing_installed 'belongs to root' 'chown -R www-data'
  ok "WordPress was not loaded" test ! -s "$work/noted"

  site www-data
  chown nobody "$site"
  install --wordpress="$site"
  nothing_installed 'belong to different users' 'chown'

  # A container's user, who has no account.
  site 12345:12345
  install --wordpress="$site" --activate
  ok "a user without an account will do" ends_with 0
  ok "he owns the plugin" test "$(stat -c %u "$site/wp-content/plugins/$plugin")" = 12345
  ok "he alone loaded the site" test "$(noted_users)" = '12345 '

  site www-data
  chmod 555 "$site/wp-content/plugins"
  install --wordpress="$site"
  ok "an owner who cannot write: it fails" ends_with 1
  ok "and says what to do" says 'Let the owner of wp-load.php write there'
}

plugin_there() {
  site www-data
  install --wordpress="$site"
  ok "the plugin is copied" there
  ok "its owner is the site's" test "$(owner_of "$site/wp-content/plugins/$plugin/$plugin.php")" = www-data
  ok "all of it" diff -r "$folder/$plugin" "$site/wp-content/plugins/$plugin"
  ok "without --activate WordPress is not loaded" test ! -s "$work/noted"
  touch "$site/wp-content/plugins/$plugin/mark"
  install --wordpress="$site"
  ok "the same version is left alone" test -e "$site/wp-content/plugins/$plugin/mark"
  ok "and nothing had to be changed" says 'Nothing had to be changed.'
  sed -i 's/Version: .*/Version: 0.0.9/' "$site/wp-content/plugins/$plugin/$plugin.php"
  install --wordpress="$site"
  ok "an older one is replaced" says '0.1.0 is in '
  ok "all of it" diff -r "$folder/$plugin" "$site/wp-content/plugins/$plugin"
  ok "without a trace" no_trace
  sed -i 's/Version: .*/Version: 9.0.0/' "$site/wp-content/plugins/$plugin/$plugin.php"
  install --wordpress="$site"
  ok "a newer one is left alone" grep -q 9.0.0 "$site/wp-content/plugins/$plugin/$plugin.php"
  rm "$site/wp-content/plugins/$plugin/$plugin.php"
  install --wordpress="$site"
  ok "what is not the plugin is left alone" test "$code" -eq 1 -a ! -e "$site/wp-content/plugins/$plugin/$plugin.php"
  ok "and it says so" says 'it is not this plugin'
}

ways_to_become_the_owner() {
  local way
  for way in posix setpriv su; do
    case "$way" in
      posix) php -r 'exit( function_exists( "posix_setuid" ) ? 0 : 1 );' || { skip 'this PHP has no posix'; continue; } ;;
      su)
        [ -n "${INSTALLER_ROOM:-}" ] || { skip 'su: setpriv cannot be hidden here'; continue; }
        mount --bind /dev/null /usr/bin/setpriv
        ;;
    esac
    site www-data
    # (Switched off rather than -n: the child needs what the ini files load.)
    if [ "$way" = posix ]; then
      # Root may be in groups besides its own.
      try setpriv --groups=0,27 php "$folder/install.php" --wordpress="$site" --activate
    elif [ "$way" = setpriv ]; then
      try setpriv --groups=0,27 php -d disable_functions=posix_setuid "$folder/install.php" --wordpress="$site" --activate
    else
      try php -d disable_functions=posix_setuid "$folder/install.php" --wordpress="$site" --activate
    fi
    [ "$way" != su ] || umount /usr/bin/setpriv
    ok "$way: it succeeds" ends_with 0
    ok "$way: the plugin is www-data's" test "$(owner_of "$site/wp-content/plugins/$plugin")" = www-data
    ok "$way: the site was loaded by www-data, in its groups" test "$(noted_users)" = '33 '
  done
}

real_wordpress() {
  real_site || {
    skip 'there is no WordPress here, or no SQLite'
    return
  }
  install_note
  install --wordpress="$site" --activate
  ok "it succeeds" ends_with 0
  ok "the plugin is active" is_active
  ok "the site was loaded by www-data alone" test "$(noted_users)" = '33 '
  install --wordpress="$site" --activate
  ok "a second run changes nothing" says 'Nothing had to be changed.'
  echo '<?php exit( "closed" );' >"$site/wp-config.php"
  install --wordpress="$site" --activate
  ok "a site that ends early is a failure" ends_with 1
  ok "and its words are shown" says 'closed'
  printf '<?php\nprintf( "%%c[31mred%%c]0;title%%c", 27, 27, 7 );\nexit( 1 );' >"$site/wp-config.php"
  install --wordpress="$site" --activate
  ok "without what steers a terminal" not says $'\033'
}

# Firewalls of sites are loaded by every PHP, through an ini file.
prepended_file() {
  site www-data
  cp "$site/wp-config.php" "$site/firewall.php"
  echo "auto_prepend_file=$site/firewall.php" >"/etc/php/$minor/cli/conf.d/99-firewall.ini"
  try php -n "$folder/install.php" --wordpress="$site" --activate
  rm "/etc/php/$minor/cli/conf.d/99-firewall.ini"
  ok "it succeeds" ends_with 0
  ok "the site's file was not run as root" test "$(noted_users)" = '33 '
}
