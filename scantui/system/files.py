"""Where scantui's files belong, and how to write one so that a crash leaves either the old or the new content.

Rule: an error of the operating system becomes a MachineError here, with a sentence that is safe to show.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from scantui.exceptions import MachineError
from scantui.text import printable

# The bits of a file's mode that give other users any access.
OTHERS = 0o077
_LONGEST_SECRET = 4096


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
        secret = file.readline(_LONGEST_SECRET).decode().rstrip("\r\n")
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
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _settle(target.parent)


@contextlib.contextmanager
def machine_errors(failure: str) -> Iterator[None]:
    """Turn errors of the system, or of an impossible path, into a MachineError: the failure and its reason."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise MachineError(printable(f"{failure}: {reason_of(error)}")) from error


def reason_of(error: BaseException) -> str:
    """The reason of an operating system error, without its number and path."""
    return printable((isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__)


def _settle(directory: Path) -> None:
    """Write the new name to disk as well; systems that cannot synchronise directories do so a little later."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
