"""The ``zhenke`` command: quiet while libraries load, then the command line."""

import logging
import sys


def entry() -> None:
    """Run the command line and leave with its exit code."""
    # Beam warns of packages nobody here needs while it is imported; the command line sets up logging afterwards.
    logging.getLogger().setLevel(logging.ERROR)
    from pipeline.__main__ import main

    sys.exit(main())
