"""Curves, meshes, spectra and sparklines of a scan's points, as lines of text with roles; pure, without numpy.

Rule: nothing here reads a store, a clock or a terminal. A line is made of spans; what a role looks like is decided
above.
"""
