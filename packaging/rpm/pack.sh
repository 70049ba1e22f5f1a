#!/usr/bin/env bash
# An .rpm of each Debian package in dist/: the same files, other scripts. After `make dist`.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cache="${AGILE_BRIDGE_CACHE:-$root/.cache}/dist"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

for deb in "$root"/dist/agile-bridge_*.deb; do
  rm -rf "$work/files"
  dpkg-deb -x "$deb" "$work/files"
  DEB_ARCHITECTURE="$(dpkg-deb -f "$deb" Architecture)"
  VERSION="$(dpkg-deb -f "$deb" Version)"
  MAINTAINER="$(dpkg-deb -f "$deb" Maintainer)"
  SOURCE_DATE="$(TZ=UTC git -C "$root" log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd)"
  export DEB_ARCHITECTURE VERSION MAINTAINER SOURCE_DATE STAGE="$work/files"
  # shellcheck disable=SC2016 # envsubst fills them in
  envsubst '$DEB_ARCHITECTURE $MAINTAINER $SOURCE_DATE $STAGE $VERSION' <"$root/packaging/rpm/nfpm.yaml" >"$work/nfpm.yaml"
  (cd "$root" && "$cache/venv/bin/nfpm" package --config "$work/nfpm.yaml" --packager rpm --target dist/) >&2
done
