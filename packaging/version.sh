#!/usr/bin/env bash
# The one version: Cargo.toml's. Fails where the plugin's header says another. (Its readme.txt, which the web can read, says none.)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
version="$(sed -n '/^\[workspace\.package\]/,/^\[/ s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")"
plugin="$(sed -n 's/^ \* Version: *//p' "$root/wp-plugin/bridge-for-agile-crm.php")"
[ "$plugin" = "$version" ] || {
  echo "Cargo.toml says $version, the plugin says $plugin: they have to be the same" >&2
  exit 1
}
printf '%s\n' "$version"
