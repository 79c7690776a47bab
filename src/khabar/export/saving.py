"""Exports into files, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from khabar.errors import InputError
from khabar.export.selection import Format, Selection


def save(form: Format, selection: Selection, path: Path) -> None:
    """Write to a place of its own first, so that a run that is stopped leaves no half file behind.

    InputError when a folder stands where a file goes, or anything where a folder goes, or when writing fails.
    """
    part = path.with_name(path.name + ".part")
    try:
        _check_place(form, path)
        if form.write is not None:
            with part.open("wb") as file:
                form.write(selection, file)
        elif form.write_folder is not None:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            form.write_folder(selection, part)
            if path.exists():
                path.rmdir()
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place") from error
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def _check_place(form: Format, path: Path) -> None:
    """Refuse to write a file over a folder, or a folder over anything."""
    if form.write is not None and path.is_dir():
        raise InputError(f"{path}: this is a folder; {form.name} needs a file")
    if form.write is None and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(f"{path}: there is something already; {form.name} needs a new folder")
