"""Chooses the knowledge base entry of a mention, or none: a wrong link is worse than a missing one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from khabar.kb import Entry, KnowledgeBase
from khabar.mentions.words import bare, group, load
from khabar.model import Document, Mention


def states(mentions: Sequence[Mention], kb: KnowledgeBase) -> Counter[str]:
    """How often each state is spoken of: by its name, by a nationality word, by what lies in it."""
    votes: Counter[str] = Counter()
    for m in mentions:
        if m.cls == "Country" and m.keys:
            votes[kb.entry(m.keys[0]).key] += 3
        elif m.nation:
            votes[m.nation] += 1
    return votes


def choose(m: Mention, votes: Mapping[str, int], kb: KnowledgeBase) -> Entry | None:
    """The entry that a mention means: of several the one whose state the document speaks of, ranked as given.

    None when the mention has no candidate, or when two of one name are left with nothing to tell them apart.
    """
    if not m.keys:
        return None
    entries = [kb.entry(k) for k in m.keys]
    first = entries[0]
    rivals = [e for e in entries[1:] if (e.cls, votes.get(e.country or "", 0) > 0) == (first.cls, True)]
    if rivals and not votes.get(first.country or ""):
        return max(rivals, key=lambda e: votes[e.country or ""])
    return first


def acts(doc: Document, m: Mention) -> bool:
    """Whether a capital stands for its government: it decides, speaks or is asked, not where things happen."""
    groups = load().groups
    tokens = doc.tokens
    sentence = doc.sentences[tokens[m.first].sentence]
    i = m.first - 1
    while i >= sentence.first and tokens[i].text in '«"“(':
        i -= 1
    before = tokens[i].fold if i >= sentence.first else ""
    two = tokens[i - 1].fold if i - 1 >= sentence.first else ""
    after = tokens[m.last].fold if m.last < sentence.last else ""
    if before in group("lies") or (before == "علي" and after != "ان"):
        return False
    if bare(before) in ("عاصمه", "مدينه") or (before in groups["inside"] and before != "الي"):
        return before in ("بين",)
    if before == "ب":
        return False
    if after in groups["decide"] or (after == ":" and i < sentence.first):
        return True
    if before == "قبل" and two == "من":
        return True
    if before in ("ان", "لان", "بان", "لكن", "فان") or (i < sentence.first and after[:1] in "تيس" and after != ""):
        return (
            after not in group("happens")
            and not after.startswith("ال")
            and after not in groups["stop"] - group("particle")
        )
    if before in groups["decide"] and before not in ("وصل", "وصلت"):
        return True
    own = tokens[m.first]
    if own.dep.startswith("nsubj") and 0 < m.first - own.head <= 2:  # its verb stands right before it
        verb = tokens[own.head]
        if verb.pos == "VERB" and verb.fold not in group("happens") and (verb.fold[-1] == "ت" or verb.fold[0] == "ت"):
            return True
    if before == "اما" or (before == "علي" and after == "ان"):
        return True
    if before == "من" and any(bare(t.fold) in group("asked_of") for t in tokens[max(sentence.first, i - 3) : i]):
        return True
    if before in ("مع", "بين", "ل", "و") and bare(two) in groups["state_noun"]:
        return True
    return before in groups["state_noun"] and before not in ("جانب", "قبل", "لقاء")
