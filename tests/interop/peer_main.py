"""Runs in the blissdata environment: calls real blissdata for each line of JSON on its input, and answers with one.

A request is {"call": name, "arguments": {...}}, an answer {"result": ...} or {"error": class name, "message": text}.
"""

import contextlib
import importlib.metadata
import json
import sys

import numpy as np
from blissdata import DataStore
from blissdata.streams.default import Stream
from blissdata.streams.lima import LimaStream

MOST_POINTS = 1000
IDENTITY_FIELDS = ("name", "number", "data_policy", "session", "proposal", "collection", "dataset", "path")


class Peer:
    """Each public method is a call that the tests can make; scans are named by their keys."""

    def __init__(self):
        self._store = None
        self._written = {}
        self._streams = {}
        self._loaded = {}

    def versions(self):
        return {name: importlib.metadata.version(name) for name in ("blissdata", "redis")}

    def init(self, url):
        self._store = DataStore(url, init_db=True)

    def open(self, url):
        self._store = DataStore(url)

    def create(self, identity, info=None):
        scan = self._store.create_scan(identity, info or {})
        self._written[scan.key] = scan
        return scan.key

    def add_streams(self, key, streams):
        """Streams are {"name", "dtype", "shape", "info"}; dtype "json" makes a JSON stream, "lima" a detector."""
        for stream in streams:
            make = LimaStream.make_definition if "lima" in stream else Stream.make_definition
            definition = make(
                stream["name"],
                stream["dtype"],
                stream.get("shape"),
                **stream.get("lima", {"info": stream.get("info", {})}),
            )
            self._streams[key, stream["name"]] = self._written[key].create_stream(definition)

    def prepare(self, key, info=None, streams=()):
        self.add_streams(key, streams)
        if info is not None:
            self._written[key].info = info
        self._written[key].prepare()

    def start(self, key):
        self._written[key].start()

    def stop(self, key):
        self._written[key].stop()

    def close(self, key, info=None):
        if info is not None:
            self._written[key].info = info
        self._written[key].close()

    def send(self, key, stream, points):
        """The points of a numeric stream become one batch; each point of a JSON stream is an entry."""
        writer = self._streams[key, stream]
        if writer.kind == "json" or writer.plugin == "lima":
            for point in points:
                writer.send(point)
        else:
            writer.send(np.asarray(points, dtype=writer.dtype))
        # Sending is in the background: what went wrong is raised here.
        writer.join()

    def points(self, key, stream, start=None, stop=None):
        """A slice of a stream as blissdata reads it: its type, its shape and its bytes as hexadecimal digits."""
        read = self._store.load_scan(key).streams[stream][start:stop]
        if not isinstance(read, np.ndarray):
            return {"list": list(read)}
        return {"dtype": read.dtype.str, "shape": list(read.shape), "bytes": read.tobytes().hex()}

    def frames(self, key, stream, count):
        """How many frames a detector has, and the files of the first of them."""
        read = self._store.load_scan(key).streams[stream]
        references = read.get_references(slice(0, count)) if count else []
        return {"count": len(read), "files": list(dict.fromkeys(each.file_path for each in references))}

    def seal(self, key, stream):
        return self._streams[key, stream].seal()

    def load(self, key):
        self._loaded[key] = self._store.load_scan(key)
        return described(self._loaded[key])

    def update(self, key, block=True, timeout=0):
        """Update a scan that was loaded before: did its state change, and what is it now."""
        changed = self._loaded[key].update(block=block, timeout=timeout)
        return {"changed": changed, "scan": described(self._loaded[key])}

    def search(self, **fields):
        return self._store.search_existing_scans(**fields)

    def next_scan(self, since=None, block=True, timeout=0):
        return self._store.get_next_scan(since=since, block=block, timeout=timeout)

    def last_scan(self):
        return self._store.get_last_scan()

    def last_timetag(self):
        return self._store.get_last_scan_timetag()

    def states(self, keys):
        return {key: state.name for key, state in self._store.get_scans_state(keys).items()}

    def delete(self, key, force=False):
        self._store.delete_scan(key, force=force)


def described(scan):
    return {
        "key": scan.key,
        "state": scan.state.name,
        "identity": {field: getattr(scan, field) for field in IDENTITY_FIELDS},
        "info": scan.info,
        "streams": {name: described_stream(stream) for name, stream in scan.streams.items()},
    }


def described_stream(stream):
    """Points are given for short streams only, and are None where they are no longer there."""
    length = len(stream)
    numeric = stream.event_stream.encoding["type"] == "numeric"
    described = {
        "key": stream.key,
        "kind": stream.kind,
        "length": length,
        "dtype": np.dtype(stream.dtype).str if numeric else None,
        "shape": list(stream.shape) if numeric else None,
        "sealed": stream.is_sealed(),
        "info": stream.info,
        "points": None,
    }
    if length <= MOST_POINTS:
        with contextlib.suppress(IndexError):
            described["points"] = list(stream[0:length]) if length else []
    return described


def plain(value):
    """What JSON does not know by itself: numpy's arrays and numbers."""
    return value.tolist()


def answer(peer, line):
    try:
        request = json.loads(line)
        result = getattr(peer, request["call"])(**request["arguments"])
        return json.dumps({"result": result}, default=plain)
    except Exception as error:
        return json.dumps({"error": type(error).__name__, "message": str(error)})


def main():
    replies = sys.stdout
    # Anything that a library prints must not get between the answers.
    sys.stdout = sys.stderr
    peer = Peer()
    for line in sys.stdin:
        print(answer(peer, line), file=replies, flush=True)


if __name__ == "__main__":
    main()
