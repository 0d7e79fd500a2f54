#!/usr/bin/env bash
# Packages of a Debian release that this machine does not run, unpacked into folders of ours: the machine's own packages,
# sources and package state are neither changed nor asked. Needs no rights; apt checks every signature and hash.
#
# Sourced, it gives `debian_packages`; run, it gets the list of packages, if a group is to be got anew.
. Tests/tools/common.sh

# Node's packages, Go's libraries and the servers that services are tested with are recent only there.
suite=forky
apt=$PWD/.build/debian-$suite

# A group of packages: GROUP.packages names what is wanted, with what it depends on; after a `-` what is not wanted, nor
# what only that depends on; after a `+` what is wanted alone.
group_stamp() { stamp_of "Tests/tools/$1"[.-]* Tests/tools/debian.sh; }

# Sets `options`: an apt that knows only our folders, and takes what is not wanted for installed.
apt_options() { # GROUP
  local group=$1 name
  mkdir -p "$apt/lists/partial" "$apt/sources" "$apt/none" "$apt/$group/archives/partial"
  : > "$apt/$group/status"
  [[ ! -f Tests/tools/$group.packages ]] || sed -n 's/^[-+]//p' "Tests/tools/$group.packages" | while read -r name; do
    printf 'Package: %s\nStatus: install ok installed\nMaintainer: none\nArchitecture: %s\nMulti-Arch: allowed\nVersion: 99:1\nDescription: not wanted\n\n' \
      "$name" "$(dpkg --print-architecture)"
  done > "$apt/$group/status"
  options=(
    -qq -y -o Debug::NoLocking=1 -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Acquire::Languages=none
    -o Acquire::Retries=3 -o APT::Get::AllowUnauthenticated=false -o Acquire::AllowInsecureRepositories=false
    -o "Dir::State=$apt" -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/$group/status"
    -o "Dir::Cache=$apt/$group" -o "Dir::Cache::archives=$apt/$group/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/sources"
    -o Dir::Etc::preferences=/dev/null -o "Dir::Etc::preferencesparts=$apt/none"
  )
}

# The list of packages, from wherever this machine gets its own Debian.
get_list() {
  local keys=/usr/share/keyrings/debian-archive-keyring.gpg mirror
  command -v apt-get > /dev/null || fail "apt-get is missing: Node's packages, Go's libraries and Redis are taken from Debian's $suite, on a machine with Debian"
  [[ -f $keys ]] || fail "Debian's keys are missing; on Debian: apt-get install debian-archive-keyring"
  mirror=$(
    { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2> /dev/null || true; } |
      sed -nE 's/^URIs:[[:space:]]*//p; s/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' |
      tr ' ' '\n' | grep -m1 -E '/debian/?$'
  ) || fail "the machine's apt has no source that ends in /debian"
  apt_options list
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$suite" "$keys" > "$apt/sources/debian.sources"
  apt-get "${options[@]}" update > "$apt/log" 2>&1 || fail "Debian's $suite cannot be read; $apt/log has what apt says"
}

# Gets a group's packages and what they depend on, and calls unpack_package FILE for each, two at a time.
debian_packages() { # GROUP
  local group=$1 wanted alone
  mapfile -t wanted < <(grep -E '^[a-z]' "Tests/tools/$group.packages")
  mapfile -t alone < <(sed -n 's/^+//p' "Tests/tools/$group.packages")
  apt_options "$group"
  say "getting ${#wanted[@]} packages for $group from Debian's $suite"
  {
    apt-get "${options[@]}" install --download-only "${wanted[@]}" &&
      if [[ ${#alone[@]} != 0 ]]; then (cd "$apt/$group/archives" && apt-get "${options[@]}" download "${alone[@]/%//$suite}"); fi
  } > "$apt/$group/log" 2>&1 || fail "packages for $group cannot be had from Debian's $suite; $apt/$group/log has what apt says"
  export -f unpack_package
  find "$apt/$group/archives" -maxdepth 1 -name '*.deb' -print0 | xargs -0 -P2 -I{} bash -c 'unpack_package "$1"' - {} ||
    fail "a package for $group cannot be unpacked; is the disk full?"
  rm -rf "${apt:?}/$group"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  for group in node go programs; do
    is_done "$group" "$(group_stamp "$group")" || { get_list; break; }
  done
fi
