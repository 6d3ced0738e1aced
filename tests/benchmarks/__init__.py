"""What scantui's speed is, against something else of the same run: `python -m tests.benchmarks`."""
