"""Tests of scantui.system: pure where it is pure, else on temporary directories."""
