"""Files out of a store, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from khabar.errors import InputError, QueryError
from khabar.export import Format, Selection, find, graph_iri
from khabar.store import Store


def export(store: Store, form: str, path: Path, *, graph: str | None, text: bool, sort: bool) -> None:
    """Write the store, or one graph of it, in one of the formats of `khabar export --list`."""
    chosen = find(form)
    if graph is not None and not chosen.graphs:
        raise QueryError(f"{form} is made of the whole store; leave graph out")
    named = graph_iri(store, graph) if graph else None
    save(chosen, Selection(store, named, text=text, sort=sort), path)


def save(form: Format, selection: Selection, path: Path) -> None:
    """Write to a place of its own first, so that a run that is stopped leaves no half file behind.

    InputError when a folder stands where a file goes, or anything where a folder goes, or when writing fails.
    """
    part = path.with_name(path.name + ".part")
    try:
        if form.write is not None:
            if path.is_dir():
                raise InputError(f"{path}: this is a folder; give a file")
            with part.open("wb") as file:
                form.write(selection, file)
        elif form.write_folder is not None:
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise InputError(f"{path}: there is something already; give a new folder")
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
