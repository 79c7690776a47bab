"""`khabar redact`: take a name out of a store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.deciding import Because, By, StoreFolder

if TYPE_CHECKING:
    from khabar.redactions import Counts, Redaction

_LEFT = """still to do by you:
  - read some of it: descriptions (his brother, the mayor of the town), photographs and spellings that the store
    did not know may still tell who it is; --also NAME masks a further name
  - {addresses:,} masked documents give the address of their article, which names whom it names
  - exports, backups, copies and snapshots elsewhere keep the name: make them anew; `khabar push` again
  - keep DIR/redactions.json to yourself, and with the store: without it new articles would bring the name back
"""


def redact(
    store: StoreFolder,
    name: Annotated[
        str | None, typer.Argument(metavar="[ENTITY]", help="Its key, IRI, Wikidata id or name (Arabic or English).")
    ] = None,
    also: Annotated[
        list[str] | None, typer.Option("--also", metavar="NAME", help="A further name to mask; may be repeated.")
    ] = None,
    because: Because = "",
    by: By = None,
    listed: Annotated[bool, typer.Option("--list", help="List the redactions; no names.")] = False,
    lift: Annotated[
        str | None, typer.Option(metavar="ID", help="End a redaction; names come back as documents are read again.")
    ] = None,
) -> None:
    """Take a name out of a store.

    It may be that of a person or of anything else.

    Its node is called entity/redacted-... from now on and has a class, but no name, Wikidata item, coordinates or ties
    of the knowledge base. In texts, quotations and titles its mentions are covered letter by letter, so that offsets
    hold; so are its names wherever they stand, in any spelling that khabar folds (أ and ا, ى and ي, diacritics), and
    with و ف ب ل ك ال before them. A name of one word stays within another person's name, and is covered only in
    documents that name the entity if it is a given name or ordinary word as well. Decisions about it are kept under the
    new name; claims and events stay, and facts follow.

    Documents that are read again, or for the first time, are masked the same way. DIR/redactions.json sees to that: it
    holds keyed hashes, from which names can be guessed but not read, and is never exported, served or pushed.

    The store is written anew, so that its files do not keep what was covered, and takes the place of the old one at
    once. There is no undo: --lift lets names back in, and `khabar build` brings them, from the articles.

        khabar redact news nil-0f32c1b2a9d8e7f6 --because "witness, at risk" --also "أبو سمير"

    Before publishing read docs/harm.md.
    """
    from khabar.errors import QueryError

    if (name is not None) + listed + (lift is not None) != 1:
        raise QueryError("give ENTITY, --list or --lift ID, one of them")
    if listed:
        _list(store)
    elif lift is not None:
        _lift(store, lift)
    elif name is not None:
        _redact(store, name, also or [], because.strip(), by)


def _redact(path: Path, name: str, also: list[str], because: str, by: str | None) -> None:
    from khabar.candidates import settle
    from khabar.cli.merge import _person
    from khabar.errors import QueryError
    from khabar.finder import find_entity
    from khabar.grouping import regroup
    from khabar.redactions import NODE
    from khabar.store import Store

    by = _person(by)
    with Store.open(path, write=True) as opened:
        nodes = [node for node in opened.decisions.group(find_entity(opened, name)) if not node.startswith(NODE)]
        if not nodes:
            raise QueryError("it is redacted already; `khabar redact DIR --list` says when and by whom")
        counts = opened.redact(nodes, also, by, because)
    with Store.open(path, write=True) as opened:  # which puts the new store in the place of the old one
        settle(opened)
        regroup(opened)
        made, documents = opened.redactions.made[-1], len(opened.documents())
    sys.stderr.write(_told(made, counts, documents))
    sys.stderr.write(_LEFT.format(addresses=counts.addresses))


def _told(made: Redaction, counts: Counts, documents: int) -> str:
    return (
        f"redacted-{made.id}: {counts.mentions:,} mentions and {counts.others:,} other places masked, "
        f"{counts.entities:,} entities renamed; {counts.documents:,} of {documents:,} documents changed\n"
    )


def _list(path: Path) -> None:
    from khabar.store import Store

    with Store.open(path, write=True) as opened:
        redactions = opened.redactions
    for one in redactions.made:
        why = f": {one.because}" if one.because else ""
        sys.stdout.write(f"redacted-{one.id}  {one.at}  {len(one.documents):,} documents  by {one.by}{why}\n")
    if not redactions:
        sys.stderr.write("there are no redactions\n")


def _lift(path: Path, lift: str) -> None:
    from khabar.store import Store

    with Store.open(path, write=True) as opened:
        one = opened.redactions.find(lift)
        opened.lift(lift)
    sys.stderr.write(
        f"lifted redacted-{one.id}: {len(one.documents):,} documents stay masked until `khabar build --again`\n"
    )
