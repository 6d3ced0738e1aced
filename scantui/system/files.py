"""Files of this computer: where ours belong, and how one is written so that a crash leaves the old or the new one.

Rule: an error of the system becomes a MachineError here, with a sentence that is fit to be shown.
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

# The bits of a file's mode with which somebody else may do something with it.
OTHERS = 0o077
_LONGEST_SECRET = 4096
_LOCK_TRIES, _LOCK_PAUSE = 10, 0.004


def state_directory(environment: Mapping[str, str]) -> Path:
    """Where state and log belong: below XDG_STATE_HOME, else ~/.local/state; it need not exist."""
    return _own_directory(environment, "XDG_STATE_HOME", ".local/state")


def configuration_directory(environment: Mapping[str, str]) -> Path:
    """Where the configuration belongs: below XDG_CONFIG_HOME, else ~/.config; it need not exist."""
    return _own_directory(environment, "XDG_CONFIG_HOME", ".config")


def _own_directory(environment: Mapping[str, str], variable: str, below_home: str) -> Path:
    given = Path(environment.get(variable, ""))
    if given.is_absolute():  # what is not, the specification tells us to ignore
        return given / "scantui"
    home = Path(environment.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - it does not raise without a home
    if not home.is_absolute():
        raise MachineError(f"there is no home directory for files of ours: set HOME or {variable}")
    return home / below_home / "scantui"


def read_secret(path: Path) -> str:
    """The first line of a file that is the user's alone; MachineError when others may read it, or nothing is in it."""
    with machine_errors(f"the password file {path} cannot be read"), path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & OTHERS:
            raise MachineError(printable(f"others may read the password file {path}: chmod 600 it"))
        secret = file.readline(_LONGEST_SECRET).decode("utf-8-sig").rstrip("\r\n")
    if not secret:
        raise MachineError(printable(f"the first line of the password file {path} is empty"))
    return secret


def make_private_directory(path: Path) -> None:
    """See that a directory exists; a new one is the user's alone (mode 700)."""
    with machine_errors(f"{path} cannot be made"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file of mode 600: whoever reads it, whenever we crash, finds all of the old content or all of the new.

    A symbolic link stays one, and the file that it names is written.
    """
    with machine_errors(f"{path} cannot be written"):
        target = path.resolve()
        # What is still a link leads back to itself.
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise MachineError(printable(f"{path} is no plain file: choose another name"))
        descriptor, name = tempfile.mkstemp(prefix=".scantui-", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _settle(target.parent)


def require_own(path: Path) -> None:
    """MachineError for a link that another user may have put there: what it names would be written in our name."""
    for place in (path, path.parent):
        with machine_errors(f"{path} cannot be written"):
            is_theirs = place.is_symlink() and place.parent.stat().st_uid != os.geteuid()
        if is_theirs:
            raise MachineError(printable(f"{place} is a link in a directory of another user: remove it"))


def signature_of(path: Path | None) -> tuple[int, int, int] | None:
    """What is another number when a file is written anew; None when there is no such file."""
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
    """What the system or an impossible path raises within becomes a MachineError: the failure and its reason."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise MachineError(printable(f"{failure}: {reason_of(error)}")) from error


def reason_of(error: BaseException) -> str:
    """The reason of an error of the system, without its number and path."""
    return printable((isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__)


def _settle(directory: Path) -> None:
    """Put the new name on the disk as well; where directories cannot be synchronised, the name comes a little later."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
