#!/usr/bin/env bash
# Programs of Debian's next release beside the others: redis-server, wrk, staticcheck, nvim, tree-sitter. They bring their own libraries, because the
# machine's may be older.
. Tests/tools/debian.sh
wanted=$(group_stamp programs)
is_done programs "$wanted" && exit

export new=$tools/programs.new
rm -rf "$new" && mkdir -p "$new"
unpack_package() { dpkg -x "$1" "$new"; }
debian_packages programs
rm -rf "$tools/programs" && mv "$new" "$tools/programs"

cat > "$tools/programs/run" << 'RUN'
#!/bin/sh
# The program of this name with the loader and the libraries that came with it.
root=$(dirname "$(dirname "$(readlink -f "$0")")")/programs
libraries=$(echo "$root"/usr/lib/*-linux-gnu)
export VIMRUNTIME=$root/usr/share/nvim/runtime
exec "$libraries"/ld-linux-*.so.* --library-path "$libraries" "$root/usr/bin/$(basename "$0")" "$@"
RUN
chmod +x "$tools/programs/run"
mv "$tools/programs/usr/bin/go-staticcheck" "$tools/programs/usr/bin/staticcheck"
for program in redis-server wrk staticcheck nvim tree-sitter; do
  [[ -e $tools/programs/usr/bin/$program ]] || fail "Debian's $suite has no $program any more: look for it in Tests/tools/programs.packages"
  cp "$tools/programs/run" "$tools/bin/$program"
done
"$tools/bin/redis-server" --version > /dev/null || fail "redis-server does not run on this machine"
note_done programs "$wanted"
