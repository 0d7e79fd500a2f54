# What the parts of Tests/tools/install share. They are run with the root of the repository as the current folder.
set -euo pipefail
tools=$PWD/.build/tools
export LC_ALL=C

say() { echo "Tests/tools/install: $*" >&2; }
fail() { say "$*"; exit 1; }
as_root() { if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi; }

# Each part is done again when what it is made from has changed: a list, a script.
stamp_of() { cat "$@" | sha256sum; }
is_done() { [[ -f $tools/stamps/$1 && $(cat "$tools/stamps/$1") == "$2" ]]; }
note_done() { mkdir -p "$tools/stamps" && echo "$2" > "$tools/stamps/$1"; }

# Python's installer, which every part that takes from PyPI uses.
find_uv() {
  if command -v uv > /dev/null && uv --version > /dev/null 2>&1; then echo uv; else echo "$PWD/.build/uv/bin/uv"; fi
}
