"""Names of the files that units get: each unit its own, whatever it is called."""

import re
from collections.abc import Iterable
from typing import Final

UNNAMED: Final = "未分单位"
_REFUSED: Final = r'[\\/:*?"<>|\s.#%]+'
"""What some file system does not take, or an address reads otherwise."""
_LONGEST: Final = 60
"""Characters: file systems take 255 bytes, and a Chinese character has three."""


def file_names(units: Iterable[str]) -> dict[str, str]:
    """Unit -> name without a suffix, no two the same where capitals count for nothing; ``""`` is a unit without a name."""
    names: dict[str, str] = {}
    taken = set()
    for unit in sorted(set(units)):
        plain = re.sub(_REFUSED, "_", unit).strip("_")[:_LONGEST] or UNNAMED
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}_{number}"
        taken.add(name.casefold())
        names[unit] = name
    return names
