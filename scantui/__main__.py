"""The entry point of `scantui` and `python -m scantui`.

Rule: import nothing else before Ctrl-C is handled.
"""

import gc
import sys


def main() -> int:
    """Run the command line and return its exit code; Ctrl-C ends it quietly."""
    # Imports leave hardly any garbage; collecting it would take a tenth of the time to the first frame.
    gc.disable()
    try:
        from scantui.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
