"""Builds scantui as one file, for computers without a network: `python .ci/zipapp.py`.

The file holds a small program (zipapp_start.py) and archives to unpack: one for all versions of Python, and one for
each version with what differs, mostly compiled modules. It is built from wheels alone, so nothing is compiled, and it
can be built for another platform: `--platform aarch64-manylinux_2_17` or `aarch64-apple-darwin`. shiv supports only one
version of Python per file; pex supports several, but does not check who else can write to its cache.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
# Files that describe this computer, and unused scripts.
LEFT_OUT = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json", ".lock"}
SYSTEMS = {"apple-darwin": "darwin"}
MACHINES = {("darwin", "aarch64"): "arm64"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
Files = dict[str, bytes]


def main() -> int:
    parser = argparse.ArgumentParser(description="Build scantui in one file.")
    parser.add_argument("-o", "--output", type=Path, default=HERE.parent / "dist" / "scantui.pyz")
    parser.add_argument(
        "--platform", default="x86_64-manylinux_2_17", help="platform, as uv names it (default: %(default)s)"
    )
    parser.add_argument("--without-demo", action="store_true", help="leave out the demo (half the size)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        uv("build", "--quiet", "--wheel", "--out-dir", str(place), str(HERE.parent))
        wheel = next(place.glob("*.whl")).as_uri()
        requirement = f"scantui{'' if options.without_demo else '[demo]'} @ {wheel}"
        trees = {version: installed(requirement, version, options.platform, place / version) for version in PYTHONS}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    write_archive(options.output, trees, *system_and_machine(options.platform))
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")
    return 0


def uv(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "uv", *arguments], check=True)  # noqa: S603 - fixed arguments


def installed(requirement: str, version: str, platform: str, directory: Path) -> Files:
    """The files of a requirement and its dependencies, for one version of Python on one platform."""
    uv(
        *("pip", "install", "--quiet", "--target", str(directory), "--only-binary", ":all:"),
        *("--python-version", version, "--python-platform", platform, requirement),
    )
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if is_wanted(PurePosixPath(name))}


def is_wanted(path: PurePosixPath) -> bool:
    return path.name not in LEFT_OUT and path.parts[0] != "bin" and "__pycache__" not in path.parts


def system_and_machine(platform: str) -> tuple[str, str]:
    """The values of sys.platform and os.uname().machine on the platform."""
    machine, _, rest = platform.partition("-")
    system = SYSTEMS.get(rest, "linux")
    return system, MACHINES.get((system, machine), machine)


def write_archive(output: Path, trees: Mapping[str, Files], system: str, machine: str) -> None:
    """Write the file; the same trees give the same bytes."""
    first, *others = trees.values()
    same = {name for name, content in first.items() if all(each.get(name) == content for each in others)}
    parts = {"any.zip": packed({name: first[name] for name in same})}
    tags = {version: f"cpython-{version.replace('.', '')}" for version in trees}
    for version, files in trees.items():
        parts[f"{tags[version]}.zip"] = packed({name: files[name] for name in files.keys() - same})
    content = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts.values())).hexdigest()[:16]
    parts["about"] = " ".join((content, system, machine, *tags.values())).encode()
    parts["__main__.py"] = (HERE / "zipapp_start.py").read_bytes()
    # The parts are already compressed, and a short directory is read quickly at each start.
    output.write_bytes(b"#!/usr/bin/env python3\n" + packed(parts, zipfile.ZIP_STORED))
    output.chmod(0o755)


def packed(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", compression, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = compression
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return memory.getvalue()


if __name__ == "__main__":
    sys.exit(main())
