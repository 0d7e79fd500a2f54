#!/usr/bin/env bash
# TypeScript and the packages that generated services in it use, in .build/tools/node/node_modules, and `tsc` beside the others.
. Tests/tools/debian.sh
wanted=$(group_stamp node)
is_done node "$wanted" && exit

version=$(node --version 2> /dev/null) || fail "node is missing: services in TypeScript need Node 20 or newer; on Debian: apt-get install nodejs"
[[ ${version#v} > 19 && ${version#v} =~ ^[0-9]{2} ]] || fail "node is $version: services in TypeScript need Node 20 or newer"

export new=$tools/node.new
rm -rf "$new" && mkdir -p "$new/node_modules"
# Some packages refer to files of others by links that only a whole Debian has: those are not missed.
unpack_package() {
  dpkg --fsys-tarfile "$1" | tar -x -C "$new/node_modules" --no-same-owner --delay-directory-restore --exclude='*/docs/*' \
    --transform 's,^\./usr/share/nodejs,.,' --wildcards './usr/share/nodejs/*' 2> /dev/null || ! dpkg --contents "$1" | grep -q ' ./usr/share/nodejs/.'
}
debian_packages node
for package in typescript express pg redis jose graphql ws prom-client @types/node @types/express; do
  [[ -e $new/node_modules/$package/package.json ]] || fail "Debian's $suite has no $package any more: look for it in Tests/tools/node.packages"
done
rm -rf "$tools/node" && mv "$new" "$tools/node"
ln -sf "$tools/node/node_modules/typescript/bin/tsc" "$tools/bin/tsc"
note_done node "$wanted"
