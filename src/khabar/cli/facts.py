"""`khabar facts`: choose what counts as a fact."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def facts(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    policy: Annotated[
        str | None,
        typer.Option("--policy", "-p", metavar="POLICY[:n]", help="The policy to take up; else the store's own."),
    ] = None,
) -> None:
    """Choose what counts as a fact, and derive the facts anew.

    Nothing is read or extracted again: all claims stay, graph/facts follows, and the store remembers the policy.

    reported: affirmed by a source, without hedge, as having happened or going on. The default.

    own-voice: so reported, and by some outlet itself, not as what somebody says.

    corroborated, corroborated:3: so reported in at least 2 (or 3) outlets and by at least 2 (or 3) sources. Papers
    that print one wire are one outlet, papers that cite one agency or spokesman have one source, reports of one
    happening are one event (see `khabar group`).

    Each is a SPARQL file under ontology/rules/facts. In all of them a fact may be denied by another source: `khabar
    show` and the queries `facts` and `fact-sources` say so beside it.
    """
    from khabar.policies import policy as chosen
    from khabar.store import Store

    new = chosen(policy) if policy is not None else None
    with Store.open(store, write=True) as opened:
        before = opened.count_facts()
        now = len(opened.rebuild_facts(new))
        sys.stderr.write(f"{now:,} facts under the policy {opened.policy}, {before:,} before\n")
