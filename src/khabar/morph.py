"""Inflects the principal parts of verbs, nouns and participles into the written forms that newspapers use.

Forms come out folded (`text.fold`) and without clitics. Unvocalised Arabic writes many active and passive forms alike:
`voice` is "passive" only where the spelling itself tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from khabar.text import fold

Shape = Literal["past", "present", "noun", "active", "passive"]

_DOUBLED = "ّ"


@dataclass(frozen=True, slots=True)
class Form:
    """A written form: what it is, its agreement (`m f mp fp md fd 1p`, "" if unknown) and its voice if spelt.

    A noun's `agreement` is "suffixed" for the form that stands before a pronoun alone (محاصرت in محاصرتها).

    `voice` is "jussive" for the short present that stands after لم and لا alone.
    """

    text: str
    shape: Shape
    agreement: str = ""
    voice: str = ""


def conjugate(past: str, present: str) -> Iterator[Form]:
    """Every third-person and first-plural form of a verb given as past and present of the 3rd masculine singular."""
    past, present = past.replace(_DOUBLED, ""), present.replace(_DOUBLED, "")
    for text, agreement in _past(past):
        yield Form(fold(text), "past", agreement)
    for text in _past_passive(past):
        yield Form(fold(text), "past", "m", "passive")
        yield Form(fold(text + "ت"), "past", "f", "passive")
        yield Form(fold(text + "وا"), "past", "mp", "passive")
    hollow = len(past) > 2 and past[-2] == "ا"
    for text, agreement in _present(present, hollow):
        yield Form(fold(text), "present", agreement)
    for text, agreement in _jussive(present[1:], hollow):
        yield Form(fold(text), "present", agreement, "jussive")


def _past(past: str) -> Iterator[tuple[str, str]]:
    stem = past[:-1]
    yield past, "m"
    if past.endswith("ى"):
        yield stem + "ا", "m"  # before a pronoun
        yield from (
            (stem + "ت", "f"),
            (stem + "وا", "mp"),
            (stem + "ينا", "1p"),
            (stem + "يا", "md"),
            (stem + "تا", "fd"),
        )
    elif past.endswith("ا"):
        yield from ((stem + "ت", "f"), (stem + "وا", "mp"), (stem + "ونا", "1p"), (stem + "تا", "fd"))
    elif past.endswith("ي"):
        yield from (
            (past + "ت", "f"),
            (stem + "وا", "mp"),
            (past + "نا", "1p"),
            (past + "ا", "md"),
            (past + "تا", "fd"),
        )
    else:
        yield from ((past + "ت", "f"), (past + "وا", "mp"), (past + "ا", "md"), (past + "تا", "fd"), (past + "ن", "fp"))
        yield past + "و", "mp"  # before a pronoun
        yield (past[:-2] + past[-1] if len(past) > 2 and past[-2] == "ا" else past) + "نا", "1p"


def _past_passive(past: str) -> Iterator[str]:
    if len(past) > 2 and past[-2] == "ا":
        yield past[:-2] + "ي" + past[-1]
    elif len(past) == 4 and past[1] == "ا":
        yield past[0] + "و" + past[2:]


def _present(present: str, hollow: bool) -> Iterator[tuple[str, str]]:
    rest = present[1:]
    defective = rest[-1:] in ("ي", "ى", "و")
    plural = rest[:-1] if defective else rest
    for stem in (rest, *((rest[:-1] + "ا",) if rest.endswith("ى") else ())):
        yield from (("ي" + stem, "m"), ("ت" + stem, "f"))
    yield "ن" + rest, "1p"  # no أ of the first person singular: it would be read as form IV (أوقع)
    for prefix, agreement in (("ي", "mp"), ("ت", "2p")):
        yield prefix + plural + "ون", agreement
        yield prefix + plural + "وا", agreement
    dual = rest[:-1] + "ي" if rest.endswith("ى") else rest
    for prefix, agreement in (("ي", "md"), ("ت", "fd")):
        yield prefix + dual + "ان", agreement
        yield prefix + dual + "ا", agreement
    yield "ي" + rest + "ن", "fp"


def _jussive(rest: str, hollow: bool) -> Iterator[tuple[str, str]]:
    """The short forms after لم and لا: a weak last letter falls, or the vowel of a hollow verb."""
    short = ""
    if rest[-1:] in ("ي", "ى", "و"):
        short = rest[:-1]
    elif hollow and len(rest) > 1 and rest[-2] in "ويا":
        short = rest[:-2] + rest[-1]
    if short:
        yield from (("ي" + short, "m"), ("ت" + short, "f"), ("ن" + short, "1p"))


def decline(noun: str) -> Iterator[Form]:
    """The forms of a noun or verbal noun without its article: accusative, dual, before a pronoun, regular plural."""
    noun = noun.replace(_DOUBLED, "")
    yield Form(fold(noun), "noun")
    if noun.endswith("ة"):
        stem = noun[:-1]
        yield Form(fold(stem + "ت"), "noun", "suffixed")
        for text in (stem + "ات", stem + "تين", stem + "تان", stem + "تا", stem + "تي"):
            yield Form(fold(text), "noun")
        return
    if noun.endswith("اء"):
        for text in (noun[:-1] + "ي", noun[:-1] + "و"):
            yield Form(fold(text), "noun", "suffixed")
        for text in (noun[:-1] + "ين", noun + "ات", noun + "ا"):
            yield Form(fold(text), "noun")
        return
    if noun.endswith("ى"):
        yield Form(fold(noun[:-1] + "ا"), "noun")
        return
    yield Form(fold(noun + "ا"), "noun")
    if len(noun) > 3:
        yield Form(fold(noun + "ين"), "noun")
        yield Form(fold(noun + "ان"), "noun")
    if len(noun) > 4 and noun[0] in "تاإم":  # the plural of most verbal nouns of derived verbs
        yield Form(fold(noun + "ات"), "noun")


def agree(participle: str, shape: Shape) -> Iterator[Form]:
    """The forms of a participle given in the masculine singular, without its article."""
    participle = participle.replace(_DOUBLED, "")
    weak = participle.endswith("ي") and shape == "active"
    base = participle[:-1] if weak else participle
    yield Form(fold(participle), shape, "m")
    yield Form(fold(participle + "ة"), shape, "f")
    yield Form(fold(participle + "ا"), shape, "m")
    yield Form(fold(participle + "ات"), shape, "fp")
    yield Form(fold(participle + "ان"), shape, "md")
    if weak:
        yield Form(fold(base), shape, "m")
    for suffix in ("ون", "ين", "و", "ي"):
        yield Form(fold(base + suffix), shape, "mp")
    for suffix in ("تان", "تين"):
        yield Form(fold(participle + suffix), shape, "fd")
    yield Form(fold(participle + "ت"), shape, "f")  # before a pronoun
