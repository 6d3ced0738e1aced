"""Texts by which a frame is known on the terminal; no two in a row agree in a letter, so each is painted whole."""

READY = "all rows are there"


def mark(number: int) -> str:
    return "".join(chr(ord("A") + (7 * number + 3 * place) % 26) for place in range(10))
