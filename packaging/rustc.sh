#!/bin/sh
# See build.sh: keeps the crate's name from the macro that would export a second entry point.
exec env -u CARGO_CRATE_NAME "$@"
