#!/bin/sh
# Writes the locked requirements: exact versions and hashes for Linux and macOS, CPython 3.11 to 3.14, and no registry's
# host name, so that a mirror serves as well.  Usage: lock.sh path/to/uv [--upgrade]
set -eu
uv=$1
shift

compile() {
	"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
}

compile "$@" pyproject.toml --output-file requirements/runtime.lock
compile "$@" --constraint requirements/runtime.lock pyproject.toml --group dev --output-file requirements/dev.lock
