"""Starts the one-file scantui: unpacks it, once for each version of Python, into a private directory of the user.

Rule: run nothing from a directory that other users can write to or replace.
Old versions of Python must be able to read this file, so that it can name the version it needs.
"""

import os
import stat
import sys
import zipimport

# A version that was not used for this long is deleted when a new one is unpacked.
KEPT_SECONDS = 180 * 24 * 3600


class UnusableError(Exception):
    """Raised when a directory cannot be used to run from."""


def main() -> None:
    archive = os.path.dirname(os.path.abspath(__file__))
    content, system, machine, *pythons = zipimport.zipimporter(archive).get_data("about").decode().split()
    if (sys.platform, os.uname().machine) != (system, machine):
        refuse(f"this file is for {system} {machine}, but this computer is {sys.platform} {os.uname().machine}")
    tag = (sys.implementation.cache_tag or "") + sys.abiflags
    if tag not in pythons:
        switch_to_supported_python(pythons)
    cache = os.path.join(cache_directory(), "scantui", "zipapp")
    tree = os.path.join(cache, f"{content}-{tag}")
    try:
        if not os.path.isdir(tree):
            unpack_once(archive, tag, tree)
        require_private(tree)
    except (UnusableError, OSError) as problem:
        sys.exit(run_from_temporary_directory(archive, tag, f"cannot use {cache}: {problem}"))
    if os.access(tree, os.W_OK):
        os.utime(tree)
    sys.exit(run(archive, tree))


def cache_directory() -> str:
    given = os.environ.get("XDG_CACHE_HOME", "")
    return given if os.path.isabs(given) else os.path.join(os.path.expanduser("~"), ".cache")


def run(archive: str, tree: str) -> int:
    """Run the unpacked program; its own modules come first on the path."""
    sys.path[:] = [tree, *(place for place in sys.path if os.path.abspath(place) != archive)]
    from scantui.__main__ import main as run_program

    return run_program()


def run_from_temporary_directory(archive: str, tag: str, problem: str) -> int:
    import shutil
    import tempfile

    remedy = "set XDG_CACHE_HOME to a better place"
    print(f"scantui: {problem}; unpacking for this run only: {remedy}", file=sys.stderr)
    try:
        tree = tempfile.mkdtemp(prefix="scantui-")
    except OSError as error:
        return refuse(f"cannot create a temporary directory either: {error}")
    try:
        unpack(archive, tag, tree)
        return run(archive, tree)
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def unpack_once(archive: str, tag: str, tree: str) -> None:
    """Unpack beside the final place, then rename: another start finds all of it or nothing."""
    import shutil
    import tempfile

    cache = os.path.dirname(tree)
    os.makedirs(cache, mode=0o700, exist_ok=True)
    require_private(cache)
    new = tempfile.mkdtemp(prefix=".new-", dir=cache)
    try:
        unpack(archive, tag, new)
        try:
            os.rename(new, tree)
        except OSError:
            if not os.path.isdir(tree):  # if it is there, another start was faster
                raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    delete_old(cache)


def unpack(archive: str, tag: str, directory: str) -> None:
    import io
    import zipfile

    with zipfile.ZipFile(archive) as outer:
        for name in ("any.zip", f"{tag}.zip"):
            with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
                inner.extractall(directory)


def delete_old(cache: str) -> None:
    import shutil
    import time

    for name in os.listdir(cache):
        path = os.path.join(cache, name)
        try:
            is_old = os.lstat(path).st_mtime < time.time() - KEPT_SECONDS
        except OSError:
            continue  # another start was faster
        if is_old:
            shutil.rmtree(path, ignore_errors=True)


def require_private(path: str) -> None:
    """Raise UnusableError unless the directory is private, and only the user and root can replace it."""
    about = os.lstat(path)
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise UnusableError(f"{path} is not your own directory with mode 700")
    above = os.path.realpath(os.path.dirname(path))
    while True:
        about = os.stat(above)
        # In a sticky directory, such as /tmp, users can move only their own files.
        open_to_others = about.st_mode & 0o022 and not about.st_mode & stat.S_ISVTX
        if open_to_others or about.st_uid not in (0, os.getuid()):
            raise UnusableError(f"other users can write to {above}")
        if above == os.path.dirname(above):
            return
        above = os.path.dirname(above)


def switch_to_supported_python(pythons: "list[str]") -> None:
    """Continue with the newest Python on the path that this file supports."""
    import shutil
    import subprocess

    for tag in reversed(pythons):
        version = tag[len("cpython-") :]
        other = shutil.which(f"python{version[0]}.{version[1:]}")
        # A command of that name may be a placeholder that only says how to install it.
        if other and subprocess.call([other, "-c", ""], stderr=subprocess.DEVNULL) == 0:  # noqa: S603
            os.execv(other, [other, *sys.argv])  # noqa: S606
    versions = ", ".join(f"3.{tag[len('cpython-3') :]}" for tag in pythons)
    refuse(f"this file needs CPython {versions}, but this is {sys.version.split()[0]}: run python3.X {sys.argv[0]}")


def refuse(sentence: str) -> int:
    print(f"scantui: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
