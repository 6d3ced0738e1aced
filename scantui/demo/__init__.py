"""The demo: a beamline to watch without Redis, made of an embedded store and simulated scans.

Rule: the demo publishes through the store like any other program; outside this package, only the command line uses it.
"""
