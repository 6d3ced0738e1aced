"""Screens over the monitor that ask for something or show something."""
