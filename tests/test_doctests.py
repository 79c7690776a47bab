"""Examples in docstrings are true; those of the Python API have tests of their own, with a store."""

import doctest
import importlib
from pathlib import Path

import pytest

import khabar

ROOT = Path(khabar.__file__).parent
MODULES = sorted(
    ".".join(("khabar", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8") and path.relative_to(ROOT).parts[0] not in ("api", "__init__.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted > 0
    assert done.failed == 0
