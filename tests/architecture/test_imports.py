"""The map in ``pipeline/__init__.py``, enforced."""

import ast
from pathlib import Path

import pytest

import pipeline

ROOT = Path(pipeline.__file__).parents[1]
PACKAGES = ("pipeline", "connectors", "expectations")
NOT_IN_CORE = {"apache_beam", "great_expectations", "logging", "random", "time", "os", "socket", "subprocess"}


def modules() -> list[str]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]


def imports_of(module: str) -> set[str]:
    base = ROOT / Path(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


def layer_of(module: str) -> str:
    fits = [layer for layer in pipeline.MAY_IMPORT if module == layer or module.startswith(layer + ".")]
    return max(fits, key=len)


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_its_layer_may(module: str) -> None:
    allowed = (layer_of(module), *pipeline.MAY_IMPORT[layer_of(module)])
    ours = {name for name in imports_of(module) if name.split(".")[0] in PACKAGES}
    strangers = {name for name in ours if not any(name == layer or name.startswith(layer + ".") for layer in allowed)}
    # ``from pipeline import app`` names the package as well as the module; its version is everybody's.
    everybody = ("pipeline", "pipeline.__version__", "connectors", "pipeline.core")
    assert {name for name in strangers if name not in everybody} == set()


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("pipeline.core")])
def test_the_core_knows_no_beam_files_clock_chance_or_log(module: str) -> None:
    assert {name.split(".")[0] for name in imports_of(module)} & NOT_IN_CORE == set()


@pytest.mark.parametrize("module", [name for name in modules() if not name.startswith("expectations")])
def test_only_expectations_know_great_expectations(module: str) -> None:
    assert not any(name.startswith("great_expectations") for name in imports_of(module))


def test_a_wrong_import_would_be_seen() -> None:
    assert "pipeline.app" in imports_of("pipeline.nightly")
    assert layer_of("pipeline.core.rules.limits") == "pipeline.core"
