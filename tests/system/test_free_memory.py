"""What was freed goes back to the computer."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HELD_AND_FREED = """
from scantui.system.free_memory import give_back

def resident():
    return int(open("/proc/self/statm").read().split()[1])

give_back()
held = [bytes(3000) for _ in range(20000)]
last = bytes(3000)
del held
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc/self/statm")
def test_freed_memory_is_given_back() -> None:
    """A block behind what is freed keeps the C library from giving it back by itself."""
    ran = subprocess.run([sys.executable, "-c", _HELD_AND_FREED], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 5_000
