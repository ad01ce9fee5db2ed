"""How far the night is: one small file per process, appended to once per batch, added up by whoever watches.

Beam shows no metrics before the end. On a cluster the folder is empty and nothing is written.
"""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Progress:
    """Progress of all processes of a run, in ``folder`` (empty: not kept)."""

    folder: str = ""

    def mark(self, step: str, rows: int) -> None:
        """``rows`` more have passed ``step``."""
        if self.folder:
            with open(os.path.join(self.folder, f"{os.getpid()}.progress"), "a", encoding="ascii") as file:
                file.write(f"{step} {rows}\n")

    def rows(self) -> Counter[str]:
        """Rows that have passed each step so far."""
        passed: Counter[str] = Counter()
        if self.folder:
            for path in Path(self.folder).glob("*.progress"):
                # The last line may be half written.
                for line in path.read_text(encoding="ascii").split("\n")[:-1]:
                    step, rows = line.rsplit(" ", 1)
                    passed[step] += int(rows)
        return passed
