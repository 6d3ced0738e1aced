"""How the one-file scantui starts: it unpacks itself, once for each Python, into a directory that is the user's alone.

Rule: nothing runs from a directory into which, or in the place of which, others could put something.
Old Pythons read this file too, so that they can say which one is needed.
"""

import os
import stat
import sys
import zipimport

# What was not started for so long is cleared away when something new is unpacked.
KEPT_SECONDS = 180 * 24 * 3600


class UnusableError(Exception):
    """Raised when a directory cannot be used to run from."""


def main() -> None:
    archive = os.path.dirname(os.path.abspath(__file__))
    content, system, machine, *pythons = zipimport.zipimporter(archive).get_data("about").decode().split()
    if (sys.platform, os.uname().machine) != (system, machine):
        refuse(f"this file is for {system} {machine}, and this computer is {sys.platform} {os.uname().machine}")
    tag = (sys.implementation.cache_tag or "") + sys.abiflags
    if tag not in pythons:
        go_on_with_another(pythons)
    cache = os.path.join(cache_directory(), "scantui", "zipapp")
    tree = os.path.join(cache, f"{content}-{tag}")
    try:
        if not os.path.isdir(tree):
            unpack_once(archive, tag, tree)
        require_private(tree)
    except (UnusableError, OSError) as problem:
        sys.exit(run_from_temporary_directory(archive, tag, f"{cache} cannot be used: {problem}"))
    if os.access(tree, os.W_OK):
        os.utime(tree)
    sys.exit(run(archive, tree))


def cache_directory() -> str:
    given = os.environ.get("XDG_CACHE_HOME", "")
    return given if os.path.isabs(given) else os.path.join(os.path.expanduser("~"), ".cache")


def run(archive: str, tree: str) -> int:
    """Run the program that was unpacked there; what stands elsewhere on the path comes after its own."""
    sys.path[:] = [tree, *(place for place in sys.path if os.path.abspath(place) != archive)]
    from scantui.__main__ import main as run_program

    return run_program()


def run_from_temporary_directory(archive: str, tag: str, problem: str) -> int:
    import shutil
    import tempfile

    cure = "XDG_CACHE_HOME can name a better place"
    print(f"scantui: {problem}. It is unpacked for this run alone; {cure}", file=sys.stderr)
    try:
        tree = tempfile.mkdtemp(prefix="scantui-")
    except OSError as error:
        return refuse(f"there is no temporary directory either: {error}")
    try:
        unpack(archive, tag, tree)
        return run(archive, tree)
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def unpack_once(archive: str, tag: str, tree: str) -> None:
    """Unpack beside the place, then put it there at once: who starts meanwhile finds all of it or nothing."""
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
            if not os.path.isdir(tree):  # where it is, another start was quicker
                raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    clear_away_old(cache)


def unpack(archive: str, tag: str, directory: str) -> None:
    import io
    import zipfile

    with zipfile.ZipFile(archive) as outer:
        for name in ("any.zip", f"{tag}.zip"):
            with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
                inner.extractall(directory)


def clear_away_old(cache: str) -> None:
    import shutil
    import time

    for name in os.listdir(cache):
        path = os.path.join(cache, name)
        try:
            is_old = os.lstat(path).st_mtime < time.time() - KEPT_SECONDS
        except OSError:
            continue  # another start was quicker
        if is_old:
            shutil.rmtree(path, ignore_errors=True)


def require_private(path: str) -> None:
    """Raise UnusableError unless a directory is ours alone, and nobody but us and root can put another in its place."""
    about = os.lstat(path)
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise UnusableError(f"{path} is not a directory of yours with mode 700")
    above = os.path.realpath(os.path.dirname(path))
    while True:
        about = os.stat(above)
        # In a sticky directory, such as /tmp, everybody can only move what is his.
        open_to_others = about.st_mode & 0o022 and not about.st_mode & stat.S_ISVTX
        if open_to_others or about.st_uid not in (0, os.getuid()):
            raise UnusableError(f"others can write to {above}")
        if above == os.path.dirname(above):
            return
        above = os.path.dirname(above)


def go_on_with_another(pythons: "list[str]") -> None:
    """Become the newest Python on the path for which there is something in this file."""
    import shutil
    import subprocess

    for tag in reversed(pythons):
        version = tag[len("cpython-") :]
        other = shutil.which(f"python{version[0]}.{version[1:]}")
        # What bears the name may be a stand-in that only says how to get one.
        if other and subprocess.call([other, "-c", ""], stderr=subprocess.DEVNULL) == 0:  # noqa: S603
            os.execv(other, [other, *sys.argv])  # noqa: S606
    versions = ", ".join(f"3.{tag[len('cpython-3') :]}" for tag in pythons)
    refuse(f"one of CPython {versions} is needed, and this is {sys.version.split()[0]}: python3.X {sys.argv[0]}")


def refuse(sentence: str) -> int:
    print(f"scantui: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
