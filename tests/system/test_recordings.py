"""Files of lines are read in a time that grows with their length alone."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scantui.system.recordings import LineWriter, read_lines


def test_one_long_line_costs_no_more_than_its_length(tmp_path: Path) -> None:
    path, line = str(tmp_path / "long.rec"), b"x" * (32 << 20)
    with LineWriter(path) as writer:
        writer.write(line)
    began = time.process_time()
    assert list(read_lines(path)) == [line]
    # When what had been read was searched again with each piece, it took more than five.
    assert time.process_time() - began < 1.5


@given(st.lists(st.binary(max_size=9).filter(lambda line: b"\n" not in line) | st.just(b"x" * 70_000), max_size=9))
def test_lines_come_back_as_they_were(lines: list[bytes]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        path = str(Path(directory, "some.rec"))
        with LineWriter(path) as writer:
            for line in lines:
                writer.write(line)
        assert list(read_lines(path)) == lines
