"""The monitor's screens, on Textual; nothing outside this package knows of widgets."""

import os

# Textual reads it when it is imported. At its own sixty frames a second the frame of a key waits for the one before it;
# here the terminal sets the pace.
os.environ.setdefault("TEXTUAL_FPS", "250")
