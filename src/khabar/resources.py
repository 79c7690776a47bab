"""Finds the folders that ship with khabar, in an installed wheel and in a checkout alike."""

from __future__ import annotations

from pathlib import Path

from khabar.errors import ResourceError

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `ontology`, `queries` or `data`.

    In a wheel they lie inside the package; in a checkout `ontology` and `queries` lie at its top. Raises
    ResourceError when neither is there.
    """
    for found in (_PACKAGE / f"{name}_files", _PACKAGE / name, _PACKAGE.parents[1] / name):
        if found.is_dir():
            return found
    raise ResourceError(f"folder {name!r} is missing from the installation at {_PACKAGE}; install khabar again")
