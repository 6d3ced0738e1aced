# Shortcuts for working on scantui; every recipe runs in the project's environment, .venv.

bin := ".venv/bin"
python := bin / "python"

# List the recipes.
default:
    @just --list

# Watch a simulated beamline, without Redis.
demo: _environment
    {{ bin }}/scantui --demo

# Watch the scans of a Redis: just run redis://host:6380
run url: _environment
    {{ bin }}/scantui {{ quote(url) }}

# Run the tests; arguments go to pytest. All of them, the slow ones too: just test -m ''
[positional-arguments]
test *arguments: _environment
    {{ bin }}/pytest "$@"

# Check lint, format, types and import rules.
check: _environment
    {{ bin }}/ruff check
    {{ bin }}/ruff format --check
    {{ bin }}/mypy
    {{ bin }}/lint-imports

# Run the tests with old and new versions of all dependencies (slow): just matrix 0 3
[positional-arguments]
matrix *lines:
    .ci/matrix "$@"

# Build dist/scantui.pyz, one file that needs only Python: just zipapp --platform aarch64-manylinux_2_17
[positional-arguments]
zipapp *arguments: _environment
    {{ python }} .ci/zipapp.py "$@"

# Make the screenshots for the documentation.
screenshots: _environment
    {{ python }} -m tests.screenshots

# Inject faults into a real server, then compare the rows with it: just chaos --seed 1 --minutes 5
[positional-arguments]
chaos *arguments: _environment
    {{ python }} -m tests.chaos "$@"

# Run a throwaway Redis with JSON and search until Ctrl-C: just server --port 6380
[positional-arguments]
server *arguments: _environment
    {{ python }} -m tests.servers "$@"

# Measure the program as it is installed; without a row, list them: just bench keys start --quick
[positional-arguments]
bench *arguments: _environment
    {{ python }} -m tests.benchmarks "$@"

# Put two runs side by side: just bench all --json a.json, later the same with b.json, then just bench-compare a.json b.json
bench-compare a b: _environment
    {{ python }} -m tests.benchmarks --compare {{ quote(a) }} {{ quote(b) }}

[private]
_environment:
    @test -x {{ python }} || python3 -m venv .venv
    @test -x {{ bin }}/scantui || {{ python }} -m pip install --quiet --editable '.[dev]'
