#!/usr/bin/env bash
# Python's tools, from PyPI: a virtual environment in .build/tools, and one for checkov, which wants older packages.
. Tests/tools/common.sh
command -v python3 > /dev/null || fail "python3 is missing; on Debian: apt-get install python3 python3-venv"

lists=(Tests/tools/requirements.txt)
[[ -f Tests/Outputs/requirements.txt ]] && lists+=(Tests/Outputs/requirements.txt)
wanted=$(stamp_of "${lists[@]}" "${BASH_SOURCE[0]}")
is_done python "$wanted" && exit

uv=$(find_uv)
if ! "$uv" --version > /dev/null 2>&1; then
  python3 -m venv "$PWD/.build/uv" || fail "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv"
  "$PWD/.build/uv/bin/pip" install --quiet uv || fail "uv cannot be had from PyPI"
fi
"$uv" venv --quiet --allow-existing "$tools" || fail "uv cannot make $tools; remove that folder and try again"
"$uv" pip install --quiet --exact --python "$tools/bin/python" "${lists[@]/#/-r}" ||
  fail "the Python tools cannot be installed from PyPI; uv has said why"
"$uv" venv --quiet --clear "$PWD/.build/checkov" &&
  "$uv" pip install --quiet --python "$PWD/.build/checkov/bin/python" checkov==3.3.30 || fail "checkov cannot be installed from PyPI"
ln -sf "$PWD/.build/checkov/bin/checkov" "$tools/bin/"
note_done python "$wanted"
