"""Log lines as operations read them."""

import logging

from rich.console import Console
from rich.logging import RichHandler


def set_up_logging(console: Console) -> None:
    """Our own messages from INFO, everybody else's from WARNING; replaces the handler Beam installs on import."""
    handler: logging.Handler = RichHandler(
        console=console, show_path=False, markup=False, highlighter=None, keywords=[]
    )
    form = "%(message)s"
    if not console.is_terminal:
        handler, form = logging.StreamHandler(), "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(level=logging.WARNING, handlers=[handler], format=form, force=True)
    # Beam logs what a step raised; the launcher says it once, in its own words.
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    for name in ("pipeline", "connectors", "expectations"):
        logging.getLogger(name).setLevel(logging.INFO)
