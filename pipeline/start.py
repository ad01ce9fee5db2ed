"""The ``zhenke`` command: quiet while libraries load, then the command line."""

import gc
import logging
import sys


def entry() -> None:
    """Run the command line and leave with its exit code."""
    # Beam warns of packages nobody here needs while it is imported; the command line sets up logging afterwards.
    logging.getLogger().setLevel(logging.ERROR)
    from pipeline.__main__ import main

    # What was imported stays: nobody need look through its four hundred thousand objects for what can be freed.
    gc.freeze()
    sys.exit(main())
