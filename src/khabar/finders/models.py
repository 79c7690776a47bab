"""Opens models of the Hugging Face hub: from a folder, else from the local cache, else from the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from khabar.errors import ResourceError

T = TypeVar("T")
_HUB = re.compile(r"(?!.*(?:--|\.\.))[\w.-]+(/[\w.-]+)?")


def package(name: str, extra: str) -> Any:
    """An optional package; ResourceError with the extra that brings it when it is missing."""
    try:
        return import_module(name)
    except ImportError as error:
        reason = "is not installed" if getattr(error, "name", "") == name else f"cannot be imported ({_line(error)})"
        raise ResourceError(f"package {name} {reason}; `pip install khabar[{extra}]` brings it") from None


def open_model(model: str, load: Callable[[str, bool], T], *, download: bool) -> T:
    """Call `load(name, offline)` for a folder or a hub name; the network is asked last, and only if `download`.

    Raises ResourceError, one line, when the model is nowhere or cannot be read.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        try:
            return load(str(folder), True)
        except ResourceError:
            raise
        except Exception as error:  # whatever a foreign loader raises
            raise ResourceError(f"the model in folder {model!r} cannot be read ({_line(error)})") from error
    if model.startswith((".", "~", "/", "\\")) or not _HUB.fullmatch(model):
        raise ResourceError(f"there is no model folder {model!r}; give a folder or a Hugging Face name")
    try:
        return load(model, True)
    except ResourceError:
        raise
    except Exception as error:
        reason = error
    if download:
        try:
            return load(model, False)
        except ResourceError:
            raise
        except Exception as error:
            reason = error
    raise ResourceError(
        f"model {model!r} is not on this machine{' and could not be fetched' if download else ''} ({_line(reason)}); "
        f"fetch it where there is a network (`hf download {model}`), or give its folder"
    ) from reason


def revision(config: object) -> str:
    """The commit of the hub that a model came from; empty for a folder."""
    return str(getattr(config, "_commit_hash", None) or "")


@contextmanager
def quiet() -> Iterator[None]:
    """Without the progress bars and reports of transformers; its settings come back afterwards."""
    log = import_module("transformers.utils.logging")
    level, bars = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        if bars:
            log.enable_progress_bar()


def _line(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 160 else said[:157] + "..."
