#!/usr/bin/env bash
# `make dist`: all that people install, under dist/. `packaging/dist.sh ci`: only what CI tests.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/setup.sh" dist
if [ "${1:-all}" = ci ]; then
  "$here/build.sh" 8.2 x86_64 glibc
  "$here/build.sh" 8.4 x86_64 glibc
else
  "$here/build.sh" all
fi
"$here/pack.sh" plugin
"$here/pack.sh" deb x86_64
"$here/pack.sh" archive x86_64 glibc
if [ "${1:-all}" != ci ]; then
  "$here/pack.sh" deb aarch64
  "$here/pack.sh" archive aarch64 glibc
  "$here/pack.sh" archive x86_64 musl
  "$here/pack.sh" pie
  "$here/pack.sh" papers
fi
