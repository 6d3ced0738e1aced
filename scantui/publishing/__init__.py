"""Test scans: the form that describes one, and the steps of its life."""
