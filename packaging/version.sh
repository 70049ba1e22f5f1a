#!/usr/bin/env bash
# The one version: Cargo.toml's. Fails where the plugin's header or its readme says another.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
version="$(sed -n '/^\[workspace\.package\]/,/^\[/ s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")"
for place in "$(sed -n 's/^ \* Version: *//p' "$root/wp-plugin/bridge-for-agile-crm.php")" "$(sed -n 's/^Stable tag: *//p' "$root/wp-plugin/readme.txt")"; do
  [ "$place" = "$version" ] || {
    echo "Cargo.toml says $version, the plugin says $place: they have to be the same" >&2
    exit 1
  }
done
printf '%s\n' "$version"
