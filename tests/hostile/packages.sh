#!/usr/bin/env bash
# Judges code that others wrote: installs the packages of the runtime trials into a folder that is given, then takes each
# package as a tree, and then modules of all of them, each with an application put below it.
# HOSTILE_TREES says how many modules.
set -euo pipefail
folder=${1:?"say where the packages may be installed"}
cd "$(dirname "$0")/../.."

python3 -m venv "$folder"
for lock in tests/runtime/locks/*.txt; do
    "$folder/bin/python" -m pip install --quiet --require-hashes --requirement "$lock"
done
packages=$(echo "$folder"/lib/python3*/site-packages)
HOSTILE_FOLDERS=$packages cargo test -p sentry-codemod --test hostile
HOSTILE_MODULES=$packages cargo test -p sentry-codemod --test hostile
