"""`python -m scantui` is the command `scantui`."""

import sys

from scantui.cli import main

sys.exit(main())
