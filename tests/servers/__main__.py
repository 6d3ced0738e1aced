"""Start a real Redis with JSON and search by hand, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from tests.servers import NoRealRedis, RealRedis, initialise


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("--port", type=int, default=6379, help="TCP port on 127.0.0.1 (default: %(default)s)")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with RealRedis(port=options.port) as server:
            initialise(server.url)
            print(f"{server.url}\n{server.unix_url}\nCtrl-C ends it.", flush=True)
            return server.wait()
    except NoRealRedis as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
