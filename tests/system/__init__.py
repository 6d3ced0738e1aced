"""Tests of scantui.system: pure functions, and files in temporary directories."""
