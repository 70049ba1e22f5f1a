#!/usr/bin/env bash
# Brings what makes packages, once: Debian's tools, the zig linker, PHP's headers for every minor that Debian has, Rust's own source.
# Nothing of it is installed but Debian's tools; all else is in the cache.
#
#   packaging/setup.sh          what `make dist` needs
#   packaging/setup.sh test     and what `make test-dist` needs: roots of Debian, an emulator for arm64
#
# AGILE_BRIDGE_CACHE  where to keep all this (default: .cache in the repository)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=packaging/debian.sh
. "$root/packaging/debian.sh"
cache="${AGILE_BRIDGE_CACHE:-$root/.cache}/dist"

dist_packages=(binutils clang debian-archive-keyring gettext jq php-cli python3-venv xz-utils zip unzip)
test_packages=("${dist_packages[@]}" debootstrap qemu-user-static)

say() { printf 'setup: %s\n' "$*" >&2; }

install_packages() {
  local missing
  mapfile -t missing < <(comm -23 <(printf '%s\n' "$@" | sort) \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort))
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Into a folder of its own, so that the machine's Python stays as it is. (Debian's, where another one comes first in the path
# without venv.)
install_tools() {
  local list="$root/packaging/requirements.txt" stamp="$cache/venv/requirements.txt"
  ! cmp -s "$list" "$stamp" || return 0
  say "fetching what builds and packs"
  rm -rf "$cache/venv"
  /usr/bin/python3 -m venv "$cache/venv"
  "$cache/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$list"
  cp "$list" "$stamp"
}

# fetch_headers SUITE MINOR ARCHITECTURE: PHP's headers, as Debian builds that PHP. What a suite does not have today is skipped.
fetch_headers() {
  local folder="$cache/headers/$2-$3"
  [ ! -d "$folder/usr/include/php" ] || return 0
  say "fetching the headers of PHP $2 for $3 (Debian $1)"
  rm -rf "$folder"
  unpack_debs "$1" "$3" "$folder" "php$2-dev" 2>"$cache/headers.log" || {
    rm -rf "$folder" "$folder.apt"
    say "SKIPPED: Debian $1 has no php$2-dev for $3 today: $(tail -n 1 "$cache/headers.log")"
  }
}

# Rust's standard library for targets that the machine's toolchain has none for: its source, of the very version of the compiler.
fetch_rust_source() {
  local version folder="$cache/rust-src"
  version="$(rustc --version | cut -d ' ' -f 2)"
  [ "$(cat "$folder/version" 2>/dev/null)" != "$version" ] || return 0
  say "fetching the source of Rust $version"
  rm -rf "$folder"
  if unpack_debs trixie-backports amd64 "$folder" "rust-src=$version*" 2>"$cache/rust-src.log"; then
    printf '%s\n' "$version" >"$folder/version"
  else
    rm -rf "$folder" "$folder.apt"
    say "SKIPPED: Debian has no rust-src $version today, so nothing is built for arm64 and musl: $(tail -n 1 "$cache/rust-src.log")"
  fi
}

mkdir -p "$cache"
exec 9>"$cache/setup.lock"
flock 9
case "${1:-dist}" in
  dist) install_packages "${dist_packages[@]}" ;;
  test) install_packages "${test_packages[@]}" ;;
  *)
    say "unknown set-up '$1': dist or test"
    exit 1
    ;;
esac
install_tools
for architecture in amd64 arm64; do
  fetch_headers bookworm 8.2 "$architecture"
  fetch_headers trixie 8.4 "$architecture"
  fetch_headers experimental 8.5 "$architecture"
  fetch_headers experimental 8.6 "$architecture"
done
fetch_rust_source
