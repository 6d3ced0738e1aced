# What the scripts of this directory share: headings, Pythons, and environments made with nothing but pip.
# shellcheck shell=bash

heading() {
    printf '\n==> %s  [%d s]\n' "$*" "$SECONDS"
}

# find_python VERSION...: the first that is there and runs, on PATH or among those that pyenv keeps.
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
    echo "Python $* is needed, at least 3.10, with pip and venv." >&2
    return 1
}

# environment PYTHON DIRECTORY REQUIREMENT...
environment() {
    local python=$1 directory=$2
    shift 2
    if [[ ! -x $directory/bin/python ]]; then
        "$python" -m venv "$directory"
        # Keeps git and ruff out of it.
        echo '*' >"$directory/.gitignore"
    fi
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}
