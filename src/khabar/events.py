"""Makes events of drafts: their numbers, dates, casualties, confidence, and what a speech act is about."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.happenings import Draft
from khabar.lexicon import SPEECH
from khabar.model import Event, Mention, Role, Telling, When
from khabar.numbers import Casualty
from khabar.ontology import Ontology
from khabar.scene import Scene
from khabar.scopes import CONTRAST
from khabar.tracing import form

WHEN = frozenset("بعد قبل عقب خلال اثناء اثر غداه منذ قبيل".split())
# what the rules start with; `confidence` rates every claim anew
CONFIDENCE = {"argument": 0.8, "parse": 0.7, "fronted": 0.75, "relative": 0.7, "pronoun": 0.6, "carried": 0.6}


def assemble(
    drafts: Sequence[Draft], scene: Scene, ontology: Ontology, whens: Sequence[When], casualties: Sequence[Casualty]
) -> tuple[Event, ...]:
    """The drafts as events v0, v1, ..., with dates, casualties and what they are about."""
    done = []
    toll = _tolls(drafts, scene, ontology, casualties)
    for n, d in enumerate(drafts):
        t = d.trigger
        begin, end = scene.tokens[t.first].begin, scene.tokens[t.last - 1].end
        roles = [Role(r, m.entity, how) for r, m, how in _unique(d.roles)]
        if (k := _about(drafts, n, scene)) is not None and not any(
            r.name == "about" and r.filler == f"v{k}" for r in roles
        ):
            roles.append(Role("about", f"v{k}", "content"))
            if t.frame.term == "Condemnation" and not any(r.name == "target" for r in roles):  # who did it
                mine = {r.filler for r in roles}
                blamed = {m.entity: None for r, m, _ in drafts[k].roles if r == "agent" and m.entity not in mine}
                roles += [Role("target", x, "content") for x in blamed]
        killed, injured = toll.get(n, (None, None))
        sure = min((CONFIDENCE.get(r.how, 0.65) for r in roles), default=0.55)
        done.append(
            Event(
                f"v{n}",
                t.frame.term,
                begin,
                end,
                d.stance,
                d.evidence,
                t.frame.name,
                round(sure, 2),
                tuple(roles),
                next((w for x in d.tellings if (w := dated(x, scene, whens))), None),
                killed,
                injured,
                tuple(_telling(x, scene) for x in d.again),
                form(t, scene),
            )
        )
    return tuple(done)


def _about(drafts: Sequence[Draft], n: int, scene: Scene) -> int | None:
    """What a speech act or meeting concerns: the next event of its sentence that is no background and no turn away."""
    tokens, t = scene.tokens, drafts[n].trigger
    if t.frame.term not in SPEECH:
        return None
    last = scene.bounds(t.first)[1]
    end = next((k for k in range(t.last, last) if tokens[k].fold in CONTRAST), last)  # فيما حث
    behind = [
        (x.trigger.first, k, _background(x, scene))
        for k, other in enumerate(drafts)
        for x in other.tellings
        if k != n and t.first < x.trigger.first < end
    ]
    _, k, background = min(behind, default=(0, None, False))
    return None if background else k


def _background(draft: Draft, scene: Scene) -> bool:
    """True for what only tells when, and what the speaker says besides: بعد مطاردة, خلال اللقاء, محذرة من."""
    k = draft.trigger.first - 1
    besides = scene.tokens[k].text == "،" and draft.trigger.frame.term in SPEECH
    return besides or scene.tokens[k].fold in WHEN


def _telling(draft: Draft, scene: Scene) -> Telling:
    t = draft.trigger
    begin, end = scene.tokens[t.first].begin, scene.tokens[t.last - 1].end
    return Telling(begin, end, draft.stance, draft.evidence, t.frame.name, form=form(t, scene))


def dated(draft: Draft, scene: Scene, whens: Sequence[When]) -> When | None:
    """The date of the trigger's clause, else the only one of its sentence."""
    tokens, t = scene.tokens, draft.trigger.first
    a, b = scene.clause(t)
    lo, hi = scene.bounds(t)
    inside = [w for w in whens if tokens[a].begin <= w.begin < tokens[b - 1].end]
    if inside:
        return min(inside, key=lambda w: abs(w.begin - tokens[t].begin))
    around = [w for w in whens if tokens[lo].begin <= w.begin < tokens[hi - 1].end]
    return around[0] if len(around) == 1 and draft.stance.settled else None


def _tolls(
    drafts: Sequence[Draft], scene: Scene, ontology: Ontology, casualties: Sequence[Casualty]
) -> dict[int, tuple[int | None, int | None]]:
    """Casualty numbers by draft: the violent event of the sentence that stands nearest."""
    tokens = scene.tokens
    found: dict[int, tuple[int | None, int | None]] = {}
    violent = [
        (n, x.trigger.first)
        for n, d in enumerate(drafts)
        if ontology.is_a(d.trigger.frame.term, "ViolentEvent")
        for x in d.tellings
    ]
    for c in casualties:
        if c.kind not in ("killed", "injured") or c.value is None:
            continue
        near = [
            (abs(tokens[i].begin - c.begin), n)
            for n, i in violent
            for s in [scene.sentences[tokens[i].sentence]]
            if tokens[s.first].begin <= c.begin < tokens[s.last - 1].end
        ]
        if near:
            n = min(near)[1]
            killed, injured = found.get(n, (None, None))
            if c.kind == "killed":
                killed = killed if killed is not None else c.value
            else:
                injured = injured if injured is not None else c.value
            found[n] = (killed, injured)
    return found


def _unique(roles: Sequence[tuple[str, Mention, str]]) -> list[tuple[str, Mention, str]]:
    seen: dict[tuple[str, str], tuple[str, Mention, str]] = {}
    for r, m, how in roles:
        seen.setdefault((r, m.entity), (r, m, how))
    return list(seen.values())
