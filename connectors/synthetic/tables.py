"""How the tables of words in this package are written: blanks between words, in lines that can be read."""


def listed(text: str) -> tuple[str, ...]:
    """The words of ``text``."""
    return tuple(text.split())
