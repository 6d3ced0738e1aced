"""A beamline to watch without Redis: an embedded store, and simulated scans that go through it.

Rule: the demo publishes through the store like everybody else; nothing outside this package knows that it exists but
the command line.
"""
