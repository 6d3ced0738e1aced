"""Checks of the server and of this computer: what they find, and the remedy for each problem."""
