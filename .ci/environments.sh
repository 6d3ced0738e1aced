# Shared by the scripts of this directory: headings, Python versions, and environments made with pip alone.
# shellcheck shell=bash

heading() {
    printf '\n==> %s  [%d s]\n' "$*" "$SECONDS"
}

# find_python VERSION...: the first one that works, on PATH or in pyenv.
find_python() {
    local version candidate
    for version in "$@"; do
        for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python; do
            if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
                command -v "$candidate"
                return
            fi
        done
    done
    echo "Cannot find Python $*: install version 3.10 or newer, with pip and venv." >&2
    return 1
}

# environment PYTHON DIRECTORY REQUIREMENT...
environment() {
    local python=$1 directory=$2
    shift 2
    if [[ ! -x $directory/bin/python ]]; then
        "$python" -m venv "$directory"
        # Hide it from git and ruff.
        echo '*' >"$directory/.gitignore"
    fi
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}
