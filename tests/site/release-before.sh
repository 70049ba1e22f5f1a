#!/usr/bin/env bash
# Brings the release before this one: its plugin, and its extension built for this machine's PHP. Tests of upgrades need both.
#
# Once, some two minutes (less with warm caches of cargo); then it is in the cache. It shares nothing with target/.
#
# AGILE_BRIDGE_CACHE  where to keep it (default: .cache in the repository)
set -euo pipefail

# Interface number 3. Nothing is released yet: the last commit before the number 4. After each release its commit stands here, and after
# the first one tests/promises/stage/release.rs no longer widens the old plugin's check.
commit=98f7060a8985f02a55a3b264e99f4043c7b0ac26

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
folder="${AGILE_BRIDGE_CACHE:-$root/.cache}/release-before"
# An extension fits one minor of PHP, thread-safe or not.
stamp="$commit for PHP $(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION, PHP_ZTS ? " zts" : "", PHP_DEBUG ? " debug" : "";')"

say() { printf 'release-before: %s\n' "$*" >&2; }

is_there() { [ "$(cat "$folder/from" 2>/dev/null)" = "$stamp" ]; }

! is_there || exit 0
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
! is_there || exit 0

git -C "$root" cat-file -e "$commit^{commit}" 2>/dev/null || {
  say "the commit $commit is not in this clone, so upgrades from it cannot be tried."
  # Such a clone was cut on purpose; the tests of upgrades say that they are left out.
  if [ "$(git -C "$root" rev-parse --is-shallow-repository)" = true ]; then
    say "It is a shallow one, with the newest commits alone: 'git fetch --unshallow' brings the others."
    exit 0
  fi
  say "An archive without .git has none: clone the repository."
  exit 1
}
say "building the extension of $commit"
rm -rf "$folder/tree" "$folder/from"
mkdir "$folder/tree"
git -C "$root" archive "$commit" | tar -x -C "$folder/tree"
CARGO_TARGET_DIR="$folder/target" nice cargo build --release --locked --quiet --manifest-path "$folder/tree/Cargo.toml"
cp "$folder/target/release/libagile_bridge.so" "$folder/libagile_bridge.so"
rm -rf "$folder/wp-plugin" "$folder/target"
mv "$folder/tree/wp-plugin" "$folder/wp-plugin"
rm -rf "$folder/tree"
echo "$stamp" >"$folder/from"
