"""Snapshots without the articles (`--no-text`): what is not in them cannot be asked for, whatever the query."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox

from khabar import iri
from khabar.folders import META, QUADS
from khabar.withheld import QUOTE

_STRIP = f"""PREFIX nif: <{iri.NIF}>
DELETE {{ GRAPH ?g {{ ?text nif:isString ?string }} }} WHERE {{ GRAPH ?g {{ ?text nif:isString ?string }} }} ;
DELETE {{ GRAPH ?g {{ ?span nif:anchorOf ?words }} }}
INSERT {{ GRAPH ?g {{ ?span nif:anchorOf ?short }} }}
WHERE {{
  GRAPH ?g {{ ?span nif:anchorOf ?words }}
  FILTER (STRLEN(?words) > {QUOTE})
  BIND (STRLANG(CONCAT(SUBSTR(?words, 1, {QUOTE}), "…"), LANG(?words)) AS ?short)
}}"""


def strip(snapshot: Path, target: Path) -> None:
    """Copy a snapshot into a new folder, without texts and with long quotations cut as `withheld` does."""
    target.mkdir(parents=True)
    ox.Store.read_only(str(snapshot / QUADS)).backup(str(target / QUADS))
    copy = ox.Store(str(target / QUADS))
    copy.update(_STRIP)
    copy.flush()
    del copy
    shutil.copy(snapshot / META, target / META)
