"""Test scans: what is asked for, and the scan taken through its life."""
