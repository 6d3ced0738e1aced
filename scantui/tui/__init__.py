"""The monitor's screens, on Textual; nothing outside this package knows of widgets."""
