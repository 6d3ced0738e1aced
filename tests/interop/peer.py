"""A real blissdata in its own environment and process; `python -m tests.interop.peer` makes the environment."""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any

REQUIREMENTS = ("blissdata==2.4.5", "redis<8")
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".blissdata"
STAMP = ENVIRONMENT / "requirements.stamp"
WANTED = "\n".join(REQUIREMENTS)
SCRIPT = Path(__file__).with_name("peer_main.py")
PYTHON_VARIABLE = "SCANTUI_BLISSDATA_PYTHON"
PATIENCE_SECONDS = 30.0


class NoBlissdata(Exception):  # noqa: N818 - it states a fact about the machine
    """Raised when the blissdata environment cannot be made."""


class PeerError(Exception):
    """Raised when blissdata raised; `kind` is the name of its exception's class, `message` its text."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


def blissdata_python() -> Path:
    """The interpreter of the blissdata environment; makes the environment unless it is there as required."""
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        if not Path(named).is_file():
            raise NoBlissdata(f"{PYTHON_VARIABLE} names no file: {named}")
        return Path(named)
    python = ENVIRONMENT / "bin" / "python"
    if not _is_ready(python):
        # Tests run in several processes: the first one makes the environment, the others wait for it.
        with Path(f"{ENVIRONMENT}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_ready(python):
                _make_environment(python)
    return python


def _is_ready(python: Path) -> bool:
    return python.exists() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == WANTED


def _make_environment(python: Path) -> None:
    STAMP.unlink(missing_ok=True)
    _run(sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT))
    _run(str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS)
    # Written last, so that an interrupted installation is made again.
    STAMP.write_text(WANTED, encoding="utf-8")


def _run(*words: str) -> None:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoBlissdata(
            f"The blissdata environment could not be made ({' '.join(words)} failed). "
            f"Install {' '.join(REQUIREMENTS)} elsewhere and name its Python in {PYTHON_VARIABLE}. "
            f"The error: {done.stderr.strip()[-2000:]}"
        )


class BlissdataPeer:
    """One process running real blissdata; a call goes out as a line of JSON, its answer comes back as one."""

    def __init__(self, python: Path, patience: float = PATIENCE_SECONDS) -> None:
        self.patience = patience
        self._process = subprocess.Popen(
            [str(python), "-u", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._received = b""
        self._unanswered = 0

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Have blissdata do something and return what it returned."""
        self.ask(name, **arguments)
        return self.answer()

    def ask(self, name: str, /, **arguments: Any) -> None:
        """Send a call whose answer is fetched later by answer(): for what blocks in blissdata."""
        self._input().write(json.dumps({"call": name, "arguments": arguments}).encode() + b"\n")
        self._unanswered += 1

    def answer(self) -> Any:
        """Return the answer to the oldest call that has none yet, or raise its PeerError."""
        reply = json.loads(self._line())
        self._unanswered -= 1
        if "error" in reply:
            raise PeerError(reply["error"], reply["message"])
        return reply["result"]

    def close(self) -> None:
        """End the process: at the end of its input it leaves by itself, unless it is busy with a call."""
        if self._unanswered:
            self._process.kill()
        self._input().close()
        try:
            self._process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output().close()

    def __enter__(self) -> BlissdataPeer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _line(self) -> bytes:
        deadline = time.monotonic() + self.patience
        output = self._output()
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while b"\n" not in self._received:
                if not selector.select(deadline - time.monotonic()):
                    self._process.kill()
                    raise TimeoutError(f"The blissdata process did not answer within {self.patience} s; it was ended.")
                part = os.read(output.fileno(), 65536)
                if not part:
                    raise RuntimeError("The blissdata process ended without an answer; its error output says why.")
                self._received += part
        line, self._received = self._received.split(b"\n", 1)
        return line

    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout


if __name__ == "__main__":
    try:
        with BlissdataPeer(blissdata_python()) as peer:
            print("blissdata {blissdata}, redis-py {redis}".format(**peer.call("versions")))
    except NoBlissdata as error:
        sys.exit(str(error))
