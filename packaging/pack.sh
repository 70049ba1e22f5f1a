#!/usr/bin/env bash
# Packs what packaging/build.sh has built into what people install; all of it goes to dist/.
#
#   packaging/pack.sh deb ARCHITECTURE              agile-bridge_VERSION_{amd64,arm64}.deb
#   packaging/pack.sh archive ARCHITECTURE LIBC     agile-bridge-VERSION-ARCHITECTURE-linux-LIBC.tar.xz, and the install.php in it
#   packaging/pack.sh pie                           a zip for each build, named as PIE wants it
#   packaging/pack.sh plugin                        bridge-for-agile-crm-VERSION.zip
#   packaging/pack.sh papers                        checksums, the list of all parts (SBOM), the release note
#
# ARCHITECTURE as Linux names it (x86_64, aarch64). Two packages of one commit are byte-identical: every time in them is the commit's.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="${AGILE_BRIDGE_CACHE:-$root/.cache}/dist"
dist="$root/dist"
version="$("$root/packaging/version.sh")"
SOURCE_DATE_EPOCH="$(git -C "$root" log -1 --format=%ct)"
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C

say() { printf 'dist: %s\n' "$*" >&2; }

stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT

# stage_builds FOLDER ARCHITECTURE LIBC: lib/MINOR-nts.so
stage_builds() {
  local build name found=""
  mkdir -p "$1"
  for build in "$dist"/build/*-"$2-$3.so"; do
    [ -e "$build" ] || continue
    name="$(basename "$build" "-$2-$3.so")"
    install -m 644 "$build" "$1/$name.so"
    found=yes
  done
  [ -n "$found" ] || {
    say "SKIPPED: there is no build for $2 $3"
    return 1
  }
}

same_times() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

make_deb() {
  local architecture="$1"
  stage_builds "$stage/lib" "$architecture" glibc || return 0
  # Debian's PHPs are not thread-safe, and its line names what is not.
  rm -f "$stage"/lib/*-zts.so
  "$root/packaging/plugin.sh" "$stage/bridge-for-agile-crm"
  {
    printf 'The extension and what packs it: MIT or Apache-2.0, at your choice. The plugin: GPL-2.0-or-later.\n\n'
    cat "$root/LICENSE-MIT"
  } >"$stage/copyright"
  sed "s/@VERSION@/$version/" "$root/packaging/deb/agile_bridge.ini" >"$stage/agile_bridge.ini"
  same_times "$stage"
  DEB_ARCHITECTURE="$([ "$architecture" = x86_64 ] && echo amd64 || echo arm64)"
  MAINTAINER="$(git -C "$root" log -1 --format='%an <%ae>')"
  SOURCE_DATE="$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)"
  export DEB_ARCHITECTURE MAINTAINER SOURCE_DATE STAGE="$stage" VERSION="$version"
  # nfpm fills in variables only in some of its fields.
  # shellcheck disable=SC2016 # envsubst fills them in
  envsubst '$DEB_ARCHITECTURE $MAINTAINER $SOURCE_DATE $STAGE $VERSION' <"$root/packaging/deb/nfpm.yaml" >"$stage/nfpm.yaml"
  (cd "$root" && "$cache/venv/bin/nfpm" package --config "$stage/nfpm.yaml" --packager deb --target "$dist/agile-bridge_${version}_$DEB_ARCHITECTURE.deb") >&2
}

make_archive() {
  local name="agile-bridge-$version"
  stage_builds "$stage/$name/lib" "$1" "$2" || return 0
  "$root/packaging/plugin.sh" "$stage/$name/bridge-for-agile-crm"
  php "$root/packaging/install/join.php" "$version" >"$stage/$name/install.php"
  install -m 644 "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$stage/$name/"
  php "$root/packaging/sign.php" manifest "$stage/$name" "$version" "$1" "$2"
  same_times "$stage"
  tar --create --directory="$stage" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$name" |
    xz -9 --extreme --threads=1 >"$dist/$name-$1-linux-$2.tar.xz"
  php "$root/packaging/sign.php" file "$dist/$name-$1-linux-$2.tar.xz"
  # For `curl … | php`: the same for every archive.
  install -m 644 "$stage/$name/install.php" "$dist/install.php"
}

# zip_of FILE FOLDER ENTRY...
zip_of() {
  rm -f "$1"
  (cd "$2" && find "${@:3}" -type f | sort | zip -q -X -@ "$1")
}

make_pie() {
  local build minor rest architecture libc
  for build in "$dist"/build/*.so; do
    IFS=- read -r minor rest architecture libc <<<"$(basename "$build" .so)"
    [ "$architecture" != aarch64 ] || architecture=arm64
    install -m 644 "$build" "$stage/agile_bridge.so"
    same_times "$stage"
    zip_of "$dist/php_agile_bridge-${version}_php$minor-$architecture-linux-$libc-$rest.zip" "$stage" agile_bridge.so
  done
}

make_plugin() {
  "$root/packaging/plugin.sh" "$stage/bridge-for-agile-crm"
  same_times "$stage"
  zip_of "$dist/bridge-for-agile-crm-$version.zip" "$stage" bridge-for-agile-crm
}

make_papers() {
  # What stands in CHANGELOG.md under this version, or under what is not released yet.
  awk -v version="$version" '
    /^## \[/ { wanted = index($0, "[" version "]") || (!done && index($0, "[Unreleased]")); if (wanted) done = 1; next }
    wanted' "$root/CHANGELOG.md" >"$dist/release-notes.md"
  local tool="$cache/cargo/bin/cargo-cyclonedx"
  [ -x "$tool" ] || cargo install --quiet --locked --root "$cache/cargo" cargo-cyclonedx@0.5.9
  (cd "$root" && PATH="$cache/cargo/bin:$PATH" cargo cyclonedx --quiet --format json --override-filename agile-bridge)
  mv "$root/agile-bridge.json" "$dist/agile-bridge-$version.cdx.json"
  find "$root/tests" -name agile-bridge.json -delete
  rm -f "$dist/SHA256SUMS"
  (cd "$dist" && find . -maxdepth 1 -type f -printf '%P\n' | sort | xargs sha256sum) >"$stage/SHA256SUMS"
  mv "$stage/SHA256SUMS" "$dist/SHA256SUMS"
}

mkdir -p "$dist"
case "${1:-}" in
  deb) make_deb "$2" ;;
  archive) make_archive "$2" "$3" ;;
  pie) make_pie ;;
  plugin) make_plugin ;;
  papers) make_papers ;;
  *)
    say "unknown: deb, archive, pie, plugin or papers"
    exit 1
    ;;
esac
