"""Tests of scantui.machine: pure where it is pure, else on temporary directories."""
