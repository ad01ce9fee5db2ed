"""Self-contained HTML pages: Chinese with an English switch, light and dark, nothing fetched from anywhere."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("pipeline.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render(template: str, **told: Any) -> str:
    """The page of ``template`` with what it is told; every value is escaped."""
    return _TEMPLATES.get_template(f"{template}.html.j2").render(told)
