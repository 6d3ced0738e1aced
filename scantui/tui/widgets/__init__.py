"""The widgets of the monitor: they take values in and post messages out."""
