"""The notebook of the examples runs, and what it shows is what it gave when it was saved.

`KHABAR_UPDATE=1 pytest tests/test_notebook.py` saves its outputs anew; read the diff before committing it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import khabar

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "explore.ipynb"
SECONDS = 240
"""A cell may take this long; the whole takes about ten."""


@pytest.fixture(scope="module")
def saved():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def fresh(saved, tmp_path_factory):
    """The notebook run in a kernel of its own, in a folder with the articles, away from the user's settings."""
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copy(NOTEBOOK.with_name("articles.jsonl"), folder)
    book = nbformat.from_dict({**saved, "cells": [{**cell} for cell in saved.cells]})
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(folder / name.lower()))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")  # else jupyter_core warns
        patch.setenv("PYTHONPATH", str(Path(khabar.__file__).parents[1]), prepend=os.pathsep)
        client = NotebookClient(
            book, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}},
            record_timing=False,
        )  # fmt: skip
        client.execute()
    book.metadata = saved.metadata  # the kernel adds its own version
    if os.environ.get("KHABAR_UPDATE") == "1":
        nbformat.write(book, NOTEBOOK)
        saved.cells = book.cells
    return book


def outputs(cell):
    """All that a cell shows, by kind."""
    return [dict(out.get("data", {"text/plain": out.get("text", "")})) for out in cell.outputs]


def test_the_saved_outputs_are_the_fresh_ones(fresh, saved):
    pairs = [(new, old) for new, old in zip(fresh.cells, saved.cells, strict=True) if new.cell_type == "code"]
    assert len(pairs) > 8
    for new, old in pairs:
        assert outputs(new) == outputs(old), new.source


def test_it_shows_what_it_promises(fresh):
    shown = "\n".join(str(out) for cell in fresh.cells if cell.cell_type == "code" for out in outputs(cell))
    for promised in ("<mark ", 'dir="rtl"', 'dir="auto"', "text/html", "خليفة حفتر", "entity:ae :supplies"):
        assert promised in shown
    assert "Traceback" not in shown
    assert str(Path.home()) not in NOTEBOOK.read_text("utf-8")


def test_a_notebook_without_errors_or_warnings_is_saved(saved):
    nbformat.validate(saved)
    assert {out.output_type for cell in saved.cells for out in cell.get("outputs", ())} == {"execute_result"}
