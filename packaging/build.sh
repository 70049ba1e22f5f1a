#!/usr/bin/env bash
# Builds the extension for PHPs that are not installed here.
#
#   packaging/build.sh MINOR ARCHITECTURE LIBC      8.2 x86_64 glibc: dist/build/8.2-nts-x86_64-glibc.so
#   packaging/build.sh MINOR-zts ARCHITECTURE LIBC  8.4-zts x86_64 glibc: dist/build/8.4-zts-x86_64-glibc.so
#   packaging/build.sh all                          whatever packaging/setup.sh has found headers for
#
# ext-php-rs asks `php -i` for three lines and `php-config --includes` for the headers: two stubs answer. zig links against the
# glibc of 2014, so that one file serves every distribution that has been supported since. Thread-safe only from headers of a
# thread-safe PHP, which Debian does not have (.github/workflows/release.yml brings them): others lay out PHP's globals otherwise.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="${AGILE_BRIDGE_CACHE:-$root/.cache}/dist"
out="$root/dist/build"

# Cargo names symbols by the path of a crate, and of the program around the compiler. So that two builds are the same wherever their
# source lies, they see it at this one path; one at a time.
place=/tmp/agile-bridge-build

say() { printf 'dist: %s\n' "$*" >&2; }

# stubs MINOR DEBIAN-ARCHITECTURE: prints the folder of the two programs. Of its own for each PHP: cargo watches their names.
stubs() {
  local headers="$cache/headers/$1-$2/usr/include/php" folder="$cache/stubs/$1-$2" api threads=disabled
  [[ $1 != *-zts ]] || threads=enabled
  api="$(basename "$headers"/*)"
  mkdir -p "$folder"
  printf '#!/bin/sh\necho "PHP API => %s"\necho "Thread Safety => %s"\necho "Debug Build => no"\n' "$api" "$threads" >"$folder/php.new"
  printf '#!/bin/sh\necho "-I%s -I%s/main -I%s/TSRM -I%s/Zend -I%s/ext -I%s/ext/date/lib"\n' \
    "$headers/$api" "$headers/$api" "$headers/$api" "$headers/$api" "$headers/$api" "$headers/$api" >"$folder/php-config.new"
  chmod +x "$folder"/*.new
  # Only when they differ: a new time would build everything anew.
  local name
  for name in php php-config; do
    if cmp -s "$folder/$name.new" "$folder/$name"; then rm "$folder/$name.new"; else mv "$folder/$name.new" "$folder/$name"; fi
  done
  printf '%s\n' "$folder"
}

build() {
  local minor="$1" machine="$2" libc="$3" name="$1" debian target flags options=() stub headers family bindgen folder
  [[ $minor == *-zts ]] || name="$minor-nts"
  case "$machine" in
    x86_64) debian=amd64 ;;
    aarch64) debian=arm64 ;;
    *) say "no build for $machine"; return 1 ;;
  esac
  case "$libc" in
    glibc) target="$machine-unknown-linux-gnu" ;;
    musl) target="$machine-unknown-linux-musl" ;;
    *) say "no build for $libc"; return 1 ;;
  esac
  [ -d "$cache/headers/$minor-$debian" ] || {
    say "SKIPPED: PHP $minor for $machine: no headers"
    return 0
  }
  # No path of this machine in the file.
  flags="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$place/source=/agile-bridge --remap-path-prefix=$root=/agile-bridge --remap-path-prefix=$cache=/cache"
  [ "$libc" != musl ] || flags+=" -C target-feature=-crt-static"
  if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
    [ -e "$cache/rust-src/version" ] || {
      say "SKIPPED: PHP $minor for $machine $libc: no standard library, and no source of it"
      return 0
    }
    options=("-Zbuild-std=std,panic_unwind")
    export RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT="$cache/rust-src/usr/lib/rustlib/src/rust/library"
  fi
  stub="$(stubs "$minor" "$debian")"
  # The C headers for bindgen: zig's, of the target, and none of this machine.
  headers="$(echo "$cache"/venv/lib/python3*/site-packages/ziglang/lib)"
  family="$([ "$machine" = x86_64 ] && [ "$libc" = glibc ] && echo x86 || echo "$machine")"
  bindgen="--target=$target -nostdinc -isystem $headers/include"
  for folder in "$family-linux-$([ "$libc" = glibc ] && echo gnu || echo musl)" "generic-$libc" "$([ "$machine" = x86_64 ] && echo x86 || echo "$machine")-linux-any" any-linux-any; do
    bindgen+=" -isystem $headers/libc/include/$folder"
  done
  say "building for PHP $minor, $machine, $libc"
  (
    mkdir "$place" 2>/dev/null || true
    if [ ! -O "$place" ] || [ -L "$place" ]; then
      say "$place belongs to somebody else: nothing is built there"
      exit 1
    fi
    exec 9>"$place/lock"
    flock 9
    ln -sfn "$root" "$place/source"
    cd "$place/source"
    export PATH="$cache/venv/bin:$PATH" PHP="$stub/php" PHP_CONFIG="$stub/php-config" RUSTFLAGS="$flags"
    export LIBCLANG_PATH CARGO_TARGET_DIR="$place/source/target/dist" BINDGEN_EXTRA_CLANG_ARGS="$bindgen"
    # Debian's libclang is older than zig's headers.
    LIBCLANG_PATH="$(echo "$cache"/venv/lib/python3*/site-packages/clang/native)"
    # ext-php-rs exports a second entry point, named after the crate, for PHPs that link extensions in. Without the crate's name it
    # does not.
    export RUSTC_WORKSPACE_WRAPPER="$place/source/packaging/rustc.sh"
    cargo zigbuild --quiet --manifest-path "$place/source/Cargo.toml" --release --lib "${options[@]}" --target "$target$([ "$libc" != glibc ] || echo .2.17)"
  )
  mkdir -p "$out"
  cp "$root/target/dist/$target/release/libagile_bridge.so" "$out/$name-$machine-$libc.so.new"
  mv "$out/$name-$machine-$libc.so.new" "$out/$name-$machine-$libc.so"
  "$root/packaging/check.sh" "$out/$name-$machine-$libc.so"
}

if [ "${1:-}" = all ]; then
  for minor in 8.2 8.4 8.5 8.6; do
    build "$minor" x86_64 glibc
    build "$minor" aarch64 glibc
    build "$minor" x86_64 musl
  done
else
  build "$@"
fi
