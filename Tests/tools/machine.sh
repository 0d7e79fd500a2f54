#!/usr/bin/env bash
# promtool, prometheus, amtool, kubectl and PostgreSQL of this Debian, where the machine does not have them.
. Tests/tools/common.sh

# A program of a Debian package, unpacked beside the others: needs no rights, starts no service.
unpack() { # PACKAGE FILE
  local folder=$PWD/.build/debian
  mkdir -p "$folder"
  say "getting $1 from Debian"
  (cd "$folder" && apt-get download -qq "$1" 2> /dev/null) || { as_root apt-get update -qq && (cd "$folder" && apt-get download -qq "$1" 2> /dev/null); } ||
    return 1
  dpkg -x "$folder/$1"_*.deb "$folder" && ln -sf "$folder/$2" "$tools/bin/"
}

if ! command -v promtool > /dev/null && [[ ! -e $tools/bin/promtool ]]; then
  unpack prometheus usr/bin/promtool || fail "promtool is missing; on Debian: apt-get install prometheus"
fi
if [[ ! -e $tools/bin/prometheus ]]; then
  [[ -e $PWD/.build/debian/usr/bin/prometheus ]] || unpack prometheus usr/bin/prometheus || fail "prometheus is missing; on Debian: apt-get install prometheus"
  ln -sf "$PWD/.build/debian/usr/bin/prometheus" "$tools/bin/"
fi
if ! command -v amtool > /dev/null && [[ ! -e $tools/bin/amtool ]]; then
  unpack prometheus-alertmanager usr/bin/amtool || fail "amtool is missing; on Debian: apt-get install prometheus-alertmanager"
fi
if ! command -v kubectl > /dev/null && [[ ! -e $tools/bin/kubectl ]]; then
  unpack kubernetes-client usr/bin/kubectl || fail "kubectl is missing; on Debian: apt-get install kubernetes-client"
fi
if ! command -v initdb > /dev/null; then
  if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null; then
    say "installing PostgreSQL from Debian"
    (as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y postgresql) > /dev/null ||
      fail "PostgreSQL's server is missing; on Debian: apt-get install postgresql"
  fi
  for program in /usr/lib/postgresql/*/bin/{initdb,pg_ctl,postgres,psql}; do ln -sf "$program" "$tools/bin/"; done
fi
