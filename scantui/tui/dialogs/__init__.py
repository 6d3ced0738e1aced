"""Screens on top of the monitor: menus, forms, help, log."""
