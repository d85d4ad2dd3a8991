#!/bin/sh
# Makes the virtual environment with the locked dependencies and this project in it.  Usage: setup.sh FOLDER
# PYTHON=/path/to/python chooses the interpreter; otherwise the oldest supported one that is found.
set -eu
folder=$1

supported() {
	"$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2]))' >/dev/null 2>&1
}

find_python() {
	for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
		if supported "$candidate"; then
			echo "$candidate"
			return
		fi
	done
	echo "Python 3.11 or newer is missing (looked for: ${PYTHON:-python3.11 … python3.14, python3})." >&2
	exit 1
}

sh "$(dirname "$0")/need.sh" git node npm
python=$(find_python)
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
	echo "$python cannot make virtual environments: install its venv module (Debian, Ubuntu: apt install python3-venv)." >&2
	exit 1
fi
if ! supported "$folder/bin/python"; then
	"$python" -m venv --clear "$folder"
fi
echo "setting up $folder with $("$folder/bin/python" --version)" >&2
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
