"""`khabar merge`: decide that two entities are one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.cli.deciding import Because, By, One, Other, StoreFolder, Undo

if TYPE_CHECKING:
    from khabar.logged import Verdict

_DONE = {"SameEntity": "merged", "DifferentEntities": "kept apart", "Undecided": "open again:"}


def merge(store: StoreFolder, one: One, other: Other, because: Because = "", by: By = None, undo: Undo = False) -> None:
    """Decide that two entities are one thing.

    No document and no fact changes: graph/decisions keeps who decided, when and why, graph/links gets a link that
    `khabar show` and the query merged-entities follow. Reading documents again leaves decisions alone. `khabar split`
    turns a merge round, --undo takes it back.

        khabar merge news nil-0f32c1b2a9d8e7f6 nil-9a8b7c6d5e4f3a2b --because "same commander, same town"
    """
    decide(store, one, other, "Undecided" if undo else "SameEntity", because, by)


def decide(path: Path, one: str, other: str, verdict: Verdict, because: str, by: str | None) -> None:
    """Log a decision and say what it did."""
    from khabar.decisions import Decision
    from khabar.dossier import Dossier
    from khabar.errors import QueryError
    from khabar.finder import find_node
    from khabar.grouping import groupable, regroup
    from khabar.groups import pair
    from khabar.store import Store

    by = _person(by)
    with Store.open(path, write=True) as opened:
        gone = verdict == "Undecided"  # a decision can be taken back when its entity has left the store
        ends = pair(*(find_node(opened, name, decided=gone) for name in (one, other)))
        if verdict == "SameEntity" and any(map(groupable, ends)):
            raise QueryError("documents and events are grouped, not merged; see `khabar group --help`")
        dossier = Dossier(opened)
        names = [dossier.called(end) for end in ends]
        standing = opened.decisions.standing().get(ends)
        if (standing.verdict if standing else "Undecided") == verdict:
            said = f"{standing.by} decided so on {standing.at[:10]}" if standing else "nobody has decided about the two"
            sys.stderr.write(f"nothing to do: {said}\n")
            return
        opened.decide(Decision.of(*ends, verdict, by, because.strip(), " / ".join(names)))
        if all(map(groupable, ends)):
            regroup(opened)
        size = len(opened.decisions.group(ends[0]))
    more = f", {size} nodes in all" if verdict == "SameEntity" and size > 2 else ""
    sys.stderr.write(f"{_DONE[verdict]} {' and '.join(names)}{more}\n")


def _person(by: str | None) -> str:
    import getpass

    from khabar.errors import QueryError

    name = (by or "").strip()
    if by is None:
        try:
            name = getpass.getuser()
        except (OSError, KeyError, ImportError):  # no such user where khabar runs
            name = ""
    if not name:
        raise QueryError("a decision needs somebody who made it; give --by NAME")
    return name
