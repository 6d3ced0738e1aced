"""What the README promises, word by word, for the tests that hold it to it."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def viewer_rules(password: str) -> list[str]:
    """The ACL line for a user who only reads: its words, with a password."""
    [line] = [line for line in README.read_text().splitlines() if line.startswith("ACL SETUSER")]
    return line.replace("PASSWORD", password).split()


def configuration_example() -> str:
    """The configuration file that the README shows."""
    return README.read_text().partition("```toml\n")[2].partition("```")[0]
