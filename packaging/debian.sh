# shellcheck shell=bash
# Packages of any release of Debian, unpacked and never installed: fetched by this machine's own apt, from its own mirror, checked
# with Debian's keys, with all of apt's state in a folder of ours. Sourced by tests/site/setup.sh and by what makes packages.

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -- "$@"; fi
}

# The address of the Debian mirror that this machine uses, in whatever form its sources are written.
mirror() {
  # shellcheck disable=SC2016 # apt fills it in
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

# The same, also where the machine has never looked at its mirror.
found_mirror() {
  local uri
  uri="$(mirror)"
  if [ -z "$uri" ]; then
    as_root apt-get update -qq
    uri="$(mirror)"
  fi
  [ -n "$uri" ] || return 1
  printf '%s\n' "$uri"
}

# private_apt FOLDER apt-command ...: apt with its state in FOLDER, so that the machine's own stays as it is.
# The files are signed; that a mirror is some weeks behind, which sid's signature would not allow, does no harm here.
private_apt() {
  local folder="$1"
  shift
  "$1" -qq \
    -o Dir::State="$folder" -o Dir::State::status="$folder/status" -o Dir::Cache="$folder/cache" \
    -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User="$(id -un)" "${@:2}"
}

# unpack_debs SUITE ARCHITECTURE FOLDER PACKAGE...: fetches them and unpacks them into FOLDER, one over the other. What a package
# depends on is fetched too where the first PACKAGE is `--with-dependencies`; several SUITEs have a comma between them.
unpack_debs() {
  local suites="$1" architecture="$2" folder="$3" uri keys=/usr/share/keyrings state deb suite wanted=(download)
  shift 3
  if [ "$1" = --with-dependencies ]; then
    wanted=(install --download-only --no-install-recommends --yes -t "${suites%%,*}")
    shift
  fi
  uri="$(found_mirror)" || {
    echo "no Debian mirror in this machine's apt configuration" >&2
    return 1
  }
  # An older keyring package does not know the keys of the releases that came later.
  [ -e "$keys/debian-archive-trixie-automatic.gpg" ] || {
    as_root apt-get update -qq
    as_root apt-get install -y -qq debian-archive-keyring >&2
  }
  state="$folder.apt"
  rm -rf "$state"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/deb" "$folder"
  : >"$state/status"
  for suite in ${suites//,/ }; do
    echo "deb [arch=$architecture signed-by=$keys/debian-archive-keyring.gpg target=Packages] $uri $suite main"
  done >"$state/sources.list"
  # (Said at every step: a caller that asks `if` switches off bash's own stop at errors.)
  private_apt "$state" apt-get -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" update || return 1
  (cd "$state/deb" && private_apt "$state" apt-get -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" "${wanted[@]}" "$@") || return 1
  for deb in "$state"/deb/*.deb "$state"/cache/archives/*.deb; do
    [ ! -e "$deb" ] || dpkg-deb -x "$deb" "$folder" || return 1
  done
  rm -rf "$state"
}
