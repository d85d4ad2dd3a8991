#!/bin/sh
# Says in plain words which of the named programs are missing or too old.  Usage: need.sh node npm git
set -u
missing=0

complain() {
	printf '%s\n' "$1" >&2
	missing=1
}

for program in "$@"; do
	if ! command -v "$program" >/dev/null 2>&1; then
		case $program in
		npm) complain "npm is missing: it comes with Node (version 20 or newer)." ;;
		node) complain "Node is missing: install Node 20 or newer, with npm." ;;
		*) complain "$program is missing: install it with your system's package manager." ;;
		esac
	elif [ "$program" = node ]; then
		version=$(node --version)
		major=${version#v}
		major=${major%%.*}
		[ "$major" -ge 20 ] || complain "Node $version is too old: install Node 20 or newer, with npm."
	fi
done
exit $missing
