"""Curves, meshes, spectra and sparklines of the points of a scan, as lines of text with roles; pure, without numpy.

Rule: nothing here reads a store, a clock or a terminal. The layers above decide how a role looks.
"""
