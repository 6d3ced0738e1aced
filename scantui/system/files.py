"""Where scantui's files belong, and how to write one so that a crash leaves either the old or the new content.

Rule: an error of the operating system becomes a MachineError here, with a sentence that is safe to show.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from scantui.exceptions import MachineError
from scantui.text import printable

# The bits of a file's mode that give other users any access.
OTHERS = 0o077
_LONGEST_SECRET = 4096
_LOCK_TRIES, _LOCK_PAUSE = 10, 0.004


def state_directory(environment: Mapping[str, str]) -> Path:
    """The directory of state and log, below XDG_STATE_HOME or ~/.local/state; it need not exist."""
    return _own_directory(environment, "XDG_STATE_HOME", ".local/state")


def configuration_directory(environment: Mapping[str, str]) -> Path:
    """The directory of the configuration, below XDG_CONFIG_HOME or ~/.config; it need not exist."""
    return _own_directory(environment, "XDG_CONFIG_HOME", ".config")


def _own_directory(environment: Mapping[str, str], variable: str, below_home: str) -> Path:
    given = Path(environment.get(variable, ""))
    if given.is_absolute():  # the XDG specification ignores relative paths
        return given / "scantui"
    home = Path(environment.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - it does not raise without a home
    if not home.is_absolute():
        raise MachineError(f"no home directory: set HOME or {variable}")
    return home / below_home / "scantui"


def read_secret(path: Path) -> str:
    """The first line of a private file. Raises MachineError if other users can read the file, or the line is empty."""
    with machine_errors(f"cannot read the password file {path}"), path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & OTHERS:
            raise MachineError(printable(f"other users can read the password file {path}: set its mode to 600"))
        secret = file.readline(_LONGEST_SECRET).decode("utf-8-sig").rstrip("\r\n")
    if not secret:
        raise MachineError(printable(f"the first line of the password file {path} is empty"))
    return secret


def make_private_directory(path: Path) -> None:
    """Create a directory with mode 700 unless it exists."""
    with machine_errors(f"cannot create {path}"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file of mode 600; after a crash it has all of the old content or all of the new.

    A symbolic link stays a link: the file that it names is written.
    """
    with machine_errors(f"cannot write {path}"):
        target = path.resolve()
        # A resolved path that is still a link leads back to itself.
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise MachineError(printable(f"{path} is not a regular file: choose another name"))
        descriptor, name = tempfile.mkstemp(prefix=".scantui-", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            # It is still there only if it did not get its name.
            temporary.unlink(missing_ok=True)
        _settle(target.parent)


def require_own(path: Path) -> None:
    """MachineError for a link that another user may have put there: what it names would be written in our name."""
    for place in (path, path.parent):
        with machine_errors(f"cannot write {path}"):
            is_theirs = place.is_symlink() and place.parent.stat().st_uid != os.geteuid()
        if is_theirs:
            raise MachineError(printable(f"{place} is a link in a directory of another user: remove it"))


def signature_of(path: Path | None) -> tuple[int, int, int] | None:
    """What changes whenever a file is written; None without a file."""
    try:
        status = path.stat() if path is not None else None
    except (OSError, ValueError):
        return None
    return (status.st_mtime_ns, status.st_ino, status.st_size) if status is not None else None


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file against our other processes, for a moment only.

    Where locks do not work, as on some network file systems, and where another holds it for longer than keys may wait,
    it goes without.
    """
    import fcntl

    descriptor = None
    with contextlib.suppress(OSError, ValueError):
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path.with_name(f".{path.name}.lock"), flags, 0o600)
        for _ in range(_LOCK_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(_LOCK_PAUSE)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


@contextlib.contextmanager
def machine_errors(failure: str) -> Iterator[None]:
    """Turn errors of the system, or of an impossible path, into a MachineError: the failure and its reason."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise MachineError(printable(f"{failure}: {reason_of(error)}")) from error


def reason_of(error: BaseException) -> str:
    """The reason of an operating system error, without its number and path."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        return f"line {line} is not UTF-8; save the file as UTF-8"
    return printable((isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__)


def _settle(directory: Path) -> None:
    """Write the new name to disk as well; systems that cannot synchronise directories do so a little later."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
