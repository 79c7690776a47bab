"""Turns filled frames into events and relations whose roles the ontology allows, one per happening.

Domain and range are checked here; a trigger without the arguments its class needs is left out, a second trigger of
the same happening is folded into the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from khabar.clauses import Filler, Scene
from khabar.frames import PLACES, Slots, Trigger
from khabar.model import Event, Mention, Modality, Relation, Role, Stance, When
from khabar.numbers import Casualty
from khabar.ontology import Ontology
from khabar.stance import Stances

EVIDENCE_LIMIT = 400
ARMED = frozenset(
    "ArmedForce StateForce RebelGroup Militia PrivateMilitaryCompany MilitaryUnit Materiel Country".split()
)
FIGHTERS = ARMED - {"Country", "Materiel"} | {"PopulationGroup"}
PERSONS = frozenset("Person Position PopulationGroup Government Organization InternationalOrganization UnnamedSource".split())
FREESTANDING = frozenset("Battle Strike ViolentEvent AttackOnCivilians".split())
VIOLENT = frozenset("Battle Strike ViolentEvent AttackOnCivilians".split())
HOSTILE = VIOLENT | {"TerritoryChange", "Coercion"}
SPEECH = frozenset("Communication Request Proposal Threat Accusation Condemnation".split())
PLACE_PREPS = ("في", "ب", "قرب", "داخل", "وسط", "شرق", "غرب", "شمال", "جنوب", "عند", "نحو", "علي", "الي")
CONFIDENCE = {"argument": 0.8, "parse": 0.7, "fronted": 0.75, "relative": 0.7, "pronoun": 0.6, "carried": 0.6}


@dataclass(frozen=True, slots=True)
class Draft:
    """A trigger with the stance it stands in and its roles as (role, mention, how)."""

    trigger: Trigger
    stance: Stance
    roles: tuple[tuple[str, Mention, str], ...]
    evidence: tuple[int, int]


class Claims:
    """Collects the events and relations of one document."""

    def __init__(self, scene: Scene, stances: Stances, ontology: Ontology) -> None:
        self.scene, self.stances, self.ontology = scene, stances, ontology
        self.drafts: list[Draft] = []
        self.relations: list[Relation] = []

    # drafting --------------------------------------------------------------------------------------------------

    def add(self, triggers: Sequence[Trigger]) -> None:
        """Take in the readings of one token: every relation, and of the events the one with most of its roles filled."""
        events = []
        for t in triggers:
            if t.frame.term in self.ontology.relations:
                self._relation(t)
            elif (roles := self._roles(t)) is not None:
                events.append((len(roles), -len(events), t, roles))
        if events:
            _, _, trigger, roles = max(events, key=lambda e: e[:2])
            self._event(trigger, roles)

    def _stance(self, trigger: Trigger, default: Modality) -> Stance:
        return self.stances.at(trigger.first, trigger.last, default, trigger.governors)

    def _relation(self, trigger: Trigger) -> None:
        frame = trigger.frame
        sides: dict[str, list[Filler]] = {"s": [], "o": []}
        for slot, role in frame.roles.items():
            if role in sides:
                sides[role] += trigger.slots.get(slot, [])
        if "symmetric" in frame.flags or self.ontology.symmetric(frame.term):
            together = [
                f for slot, role in frame.roles.items() for f in trigger.slots.get(slot, []) if role in ("s", "o")
            ]
            if not sides["o"] and len(together) > 1:
                sides = {"s": together[:1], "o": together[1:]}
        stance = self._stance(trigger, "Ongoing" if trigger.shape != "past" else "Happened")
        roles = [(r, f.mention, f.how) for r, fs in sides.items() for f in fs]
        if frame.flags & {"armed", "force", "weapon"} and not self._flags(trigger, roles):
            return
        for a in sides["s"]:
            for b in sides["o"]:
                self.relate(
                    a.mention, frame.term, b.mention, stance, frame.name, self._span(trigger, (a, b)), _sure((a, b))
                )

    def relate(
        self,
        a: Mention,
        predicate: str,
        b: Mention,
        stance: Stance,
        rule: str,
        evidence: tuple[int, int],
        confidence: float,
    ) -> None:
        """Add a relation unless it ties a thing to itself, breaks domain or range, or stands already."""
        if a.entity == b.entity or a.entity not in self.scene.entities or b.entity not in self.scene.entities:
            return
        if predicate == "partOf" and self.scene.entities[b.entity].cls == "Person":
            predicate = "affiliatedWith"
        domain, range_ = self.ontology.domain(predicate), self.ontology.range(predicate)
        if not self._fits(a, domain) or not self._fits(b, range_):
            return
        for r in self.relations:
            same = (r.subject, r.predicate, r.object) == (a.entity, predicate, b.entity)
            turned = self.ontology.symmetric(predicate) and (r.object, r.predicate, r.subject) == (
                a.entity,
                predicate,
                b.entity,
            )
            if (same or turned) and (r.stance.polarity, r.stance.source) == (stance.polarity, stance.source):
                return
        self.relations.append(Relation(a.entity, predicate, b.entity, stance, evidence, rule, confidence))

    def _fits(self, m: Mention, allowed: frozenset[str]) -> bool:
        cls = self.scene.entities[m.entity].cls if m.entity in self.scene.entities else m.cls
        return not allowed or any(self.ontology.is_a(cls, c) for c in allowed)

    def _roles(self, trigger: Trigger) -> list[tuple[str, Mention, str]] | None:
        """The roles that the ontology allows; None where the trigger lacks what its class needs."""
        frame = trigger.frame
        self._first_person(trigger)
        roles: list[tuple[str, Mention, str]] = []
        used: set[str] = set()
        for slot, role in {**frame.roles, "place": "place"}.items():
            for f in trigger.slots.get(slot, []):
                if role in ("s", "o") or (f.mention.entity in used and role != "place"):
                    continue
                if role == "place" and not self._is_place(f.mention):
                    continue
                if role in ("agent", "participant") and f.mention.cls == "Materiel":
                    role = "instrument"
                if role == "instrument" and f.mention.cls in PLACES and f.prep in ("ب", "في"):
                    role = "place"
                if frame.term == "Proposal" and role == "about" and f.mention.cls in ("Person", "Government", "Country"):
                    role = "recipient"
                if self._fits(f.mention, self.ontology.range(role)):
                    roles.append((role, f.mention, f.how))
                    used.add(f.mention.entity)
        if not any(r == "place" for r, *_ in roles):
            roles += [("place", m, how) for m, how in self._places(trigger) if m.entity not in used]
        if not self._enough(trigger, roles):
            return None
        return roles

    def _enough(self, trigger: Trigger, roles: Sequence[tuple[str, Mention, str]]) -> bool:
        """Whether a trigger has what its class and its flags (`ontology/lexicon/README.md`) ask for."""
        frame, term = trigger.frame, trigger.frame.term
        filled = {r for r, *_ in roles}
        if not self._flags(trigger, roles):
            return False
        if "durative" in frame.flags and term == "TerritoryChange" and trigger.shape == "present":
            return False
        if not roles and term not in FREESTANDING:
            return False
        if term in ("Meeting", "Agreement") and not filled & {"participant", "agent", "place"}:
            return False
        return term not in SPEECH or trigger.shape != "noun" or "agent" in filled

    def _flags(self, trigger: Trigger, roles: Sequence[tuple[str, Mention, str]]) -> bool:
        flags, term = trigger.frame.flags, trigger.frame.term
        leaders = term in HOSTILE or trigger.agreement in ("1p", "1s")  # who speaks or commands stands for his force
        others = [(r, m) for r, m, _ in roles if r != "place"]
        classes = {m.cls for _, m in others}
        if "armed" in flags:
            agentless = term == "TerritoryChange" and roles and not any(r == "agent" for r, _ in others)
            if not (classes & (ARMED | {"Government"}) or (leaders and "Person" in classes) or agentless):
                return False
        if "force" in flags and not (classes & FIGHTERS or (leaders and "Person" in classes)):
            return False
        if "weapon" in flags and "Materiel" not in classes:
            return False
        if "place" in flags and not any(r == "place" for r, *_ in roles):
            return False
        forceful = any(r == "agent" and m.cls in FIGHTERS for r, m in others)
        return "person" not in flags or (bool(classes & PERSONS) and not forceful)

    def _event(self, trigger: Trigger, roles: list[tuple[str, Mention, str]]) -> None:
        stance = self._stance(trigger, "Ongoing" if trigger.shape == "present" else "Happened")
        stance = self._purpose(trigger, stance)
        draft = Draft(
            trigger, stance, tuple(roles), self._span(trigger, [f for fs in trigger.slots.values() for f in fs])
        )
        if not self._folded(draft):
            self.drafts.append(draft)

    def _first_person(self, trigger: Trigger) -> None:
        """A verb in the first person has the speaker for its subject."""
        if trigger.agreement in ("1p", "1s") and "subj" not in trigger.slots:
            source = self.scene.entities.get(self._stance(trigger, "Happened").source or "")
            if source and (m := next((m for m in source.mentions if m.how != "pronoun"), None)):
                trigger.slots["subj"] = [Filler(m, "", "speaker")]

    def _joined(self, trigger: Trigger, roles: list[tuple[str, Mention, str]]) -> bool:
        """Give the roles of a verb to the event noun that is its subject: غارة استهدفت, التفجير الذي وقع."""
        if trigger.shape not in ("past", "present") or trigger.frame.term not in VIOLENT or not self.drafts:
            return False
        old = self.drafts[-1]
        between = range(old.trigger.last, trigger.first)
        close = 0 <= trigger.first - old.trigger.last <= 5 and not any(
            self.scene.is_verb(k) or self.scene.tokens[k].fold in ("و", "ف", "ان") or self.scene.tokens[k].text in "،؛."
            for k in between
        )
        if not close or old.trigger.shape != "noun" or old.trigger.frame.term not in VIOLENT:
            return False
        if any(r == "agent" for r, *_ in roles) and any(r == "agent" for r, *_ in old.roles):
            return False
        mine = [x for x in roles if x[0] != "agent" or not any(x[1].entity == m.entity for _, m, _ in old.roles)]
        self.drafts[-1] = replace(old, roles=(*old.roles, *mine))
        return True

    def absorb(self) -> None:
        """Fold killings that a strike or battle of their sentence caused into it: their victims are its targets."""
        tokens = self.scene.tokens
        kept: list[Draft] = []
        for d in self.drafts:
            sentence = tokens[d.trigger.first].sentence
            causes = [
                c
                for c in self.drafts
                if c.trigger.frame.term in VIOLENT - {"ViolentEvent"} and tokens[c.trigger.first].sentence == sentence
            ]
            if "toll" not in d.trigger.frame.flags or not causes or any(r == "agent" for r, *_ in d.roles):
                kept.append(d)
                continue
            cause = min(causes, key=lambda c: abs(c.trigger.first - d.trigger.first))
            targeted = {m.entity for r, m, _ in cause.roles if r == "target"}
            extra = [x for x in d.roles if x[0] == "target" and x[1].entity not in targeted]
            merged = replace(cause, roles=(*cause.roles, *extra))
            kept = [merged if k is cause else k for k in kept]
            self.drafts = [merged if k is cause else k for k in self.drafts]
        self.drafts = [k for k in self.drafts if any(k.trigger is x.trigger for x in kept)]

    def derive(self) -> None:
        """Ties that settled events imply: who fights whom opposes him, who takes a place controls it."""
        for d in self.drafts:
            sides: dict[str, list[Mention]] = {}
            for r, m, _ in d.roles:
                sides.setdefault(r, []).append(m)
            stance = replace(d.stance, modality="Ongoing") if d.stance.settled else d.stance
            rule = f"event:{d.trigger.frame.name}"
            if d.trigger.frame.term in VIOLENT and stance.settled:
                pairs = [(a, b) for a in sides.get("agent", []) for b in sides.get("target", [])]
                if d.trigger.frame.term == "Battle" and len(sides.get("participant", [])) == 2:
                    pairs.append((sides["participant"][0], sides["participant"][1]))
                for a, b in pairs:
                    if self._fighter(a) and self._fighter(b):
                        self.relate(a, "opposes", b, stance, rule, d.evidence, 0.65)
            if d.trigger.frame.term == "TerritoryChange" and "loss" not in d.trigger.frame.flags and stance.settled:
                for a in sides.get("agent", []):
                    for b in sides.get("place", []):
                        self.relate(a, "controls", b, stance, rule, d.evidence, 0.65)

    def _fighter(self, m: Mention) -> bool:
        cls = self.scene.entities[m.entity].cls
        return cls in ARMED - {"Materiel"} or cls == "Government"

    def _purpose(self, trigger: Trigger, stance: Stance) -> Stance:
        """A verbal noun or verb after ل of purpose is planned: لتحرير، لقصف."""
        tokens = self.scene.tokens
        k = trigger.first - 1
        if (stance.modality != "Happened" and stance.modality != "Ongoing") or k < 0:
            return stance
        if tokens[k].fold == "ل" and tokens[k].kind == "proclitic" and trigger.frame.verbs:
            if trigger.shape == "present" or (
                not tokens[trigger.first].fold.startswith("ال") and trigger.frame.term not in SPEECH
            ):
                return replace(stance, modality="Planned")
        return stance

    def _is_place(self, m: Mention) -> bool:
        return m.cls in PLACES

    def _places(self, trigger: Trigger) -> list[tuple[Mention, str]]:
        """Where it happened: a place after في or ب behind the trigger, else one before it in the clause."""
        for prep in PLACE_PREPS:
            found = [
                f for f in trigger.slots.get(prep, []) if self._is_place(f.mention) and prep not in trigger.frame.roles
            ]
            if found:
                return [(f.mention, "place") for f in found]
        scene = self.scene
        lo, _ = scene.clause(trigger.first)
        for k in range(trigger.first - 1, lo, -1):
            m = scene.starts.get(k)
            if (
                m
                and self._is_place(m)
                and m.cls != "Country"
                and scene.tokens[k - 1].fold in ("في", "ب")
                and m.last <= trigger.first
            ):
                return [(m, "place before")]
        return []

    def _folded(self, draft: Draft) -> bool:
        """True when an earlier draft already tells this happening: same class, close by, nothing that contradicts."""
        tokens = self.scene.tokens
        first = draft.trigger.first
        sentence = tokens[first].sentence
        mine = {(r, m.entity) for r, m, _ in draft.roles}
        definite = tokens[first].fold.startswith("ال")
        violent = draft.trigger.frame.term in VIOLENT
        bare = draft.trigger.shape == "noun" and definite and not any(r in ("agent", "target") for r, _ in mine)
        for old in reversed(self.drafts):
            alike = old.trigger.frame.term == draft.trigger.frame.term
            if not alike and not (violent and bare and old.trigger.frame.term in VIOLENT):
                continue
            gap = sentence - tokens[old.trigger.first].sentence
            theirs = {(r, m.entity) for r, m, _ in old.roles}
            clash = any(r == s and (r, f) not in mine for r, e in mine for s, f in theirs if e != f)
            if gap > 8:
                break
            if clash or old.stance.settled != draft.stance.settled:
                continue
            near = gap == 0 and first - old.trigger.first <= 12
            if draft.trigger.shape == "noun" and (mine <= theirs and (definite or near) or definite and not mine):
                return True
            shared = {x for x in mine & theirs if x[0] != "place"}
            if shared and draft.trigger.frame.term in VIOLENT and mine - theirs <= {x for x in mine if x[0] == "place"}:
                return True
        return False

    def _span(self, trigger: Trigger, fillers: Sequence[Filler]) -> tuple[int, int]:
        """The clause that holds the trigger and its arguments, within one sentence and at most 400 characters."""
        scene = self.scene
        lo, hi = scene.bounds(trigger.first)
        a, b = scene.clause(trigger.first)
        inside = [f.mention for f in fillers if lo <= f.mention.first and f.mention.last <= hi]
        first = min([a, *(m.first for m in inside)])
        last = max([b, *(m.last for m in inside)])
        return self.clip(first, last, trigger.first)

    def clip(self, first: int, last: int, around: int) -> tuple[int, int]:
        """Raw bounds of tokens `first` to `last`, trimmed of punctuation and cut to the limit around a token."""
        tokens = self.scene.tokens
        while last - first > 1 and tokens[last - 1].kind == "punct":
            last -= 1
        while last - first > 1 and tokens[first].kind == "punct":
            first += 1
        while tokens[last - 1].end - tokens[first].begin > EVIDENCE_LIMIT:
            if last - around > around - first and last - 1 > around:
                last -= 1
            else:
                first += 1
        return tokens[first].begin, tokens[last - 1].end

    # finishing -------------------------------------------------------------------------------------------------

    def events(self, whens: Sequence[When], casualties: Sequence[Casualty]) -> tuple[Event, ...]:
        """The drafts as events v0, v1, ..., with dates, casualties and what they are about."""
        done = []
        toll = self._tolls(casualties)
        for n, d in enumerate(self.drafts):
            t = d.trigger
            begin, end = self.scene.tokens[t.first].begin, self.scene.tokens[t.last - 1].end
            roles = [Role(r, m.entity, how) for r, m, how in _unique(d.roles)]
            if (k := self._about(n)) is not None and not any(r.name == "about" and r.filler == f"v{k}" for r in roles):
                roles.append(Role("about", f"v{k}", "content"))
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
                    self._when(d, whens),
                    killed,
                    injured,
                )
            )
        return tuple(done)

    def _about(self, n: int) -> int | None:
        """What a speech act or meeting concerns: the next event of its sentence."""
        d = self.drafts[n]
        if d.trigger.frame.term not in SPEECH:
            return None
        sentence = self.scene.tokens[d.trigger.first].sentence
        for k in range(n + 1, len(self.drafts)):
            if self.scene.tokens[self.drafts[k].trigger.first].sentence != sentence:
                return None
            return k
        return None

    def _when(self, draft: Draft, whens: Sequence[When]) -> When | None:
        """The date of the trigger's clause, else the only one of its sentence."""
        tokens, t = self.scene.tokens, draft.trigger.first
        a, b = self.scene.clause(t)
        lo, hi = self.scene.bounds(t)
        inside = [w for w in whens if tokens[a].begin <= w.begin < tokens[b - 1].end]
        if inside:
            return min(inside, key=lambda w: abs(w.begin - tokens[t].begin))
        around = [w for w in whens if tokens[lo].begin <= w.begin < tokens[hi - 1].end]
        return around[0] if len(around) == 1 and draft.stance.settled else None

    def _tolls(self, casualties: Sequence[Casualty]) -> dict[int, tuple[int | None, int | None]]:
        """Casualty numbers by draft: the violent event of the sentence that stands nearest."""
        tokens = self.scene.tokens
        found: dict[int, tuple[int | None, int | None]] = {}
        violent = [
            (n, d.trigger.first)
            for n, d in enumerate(self.drafts)
            if self.ontology.is_a(d.trigger.frame.term, "ViolentEvent")
        ]
        for c in casualties:
            if c.kind not in ("killed", "injured") or c.value is None:
                continue
            near = [
                (abs(tokens[i].begin - c.begin), n)
                for n, i in violent
                for s in [self.scene.sentences[tokens[i].sentence]]
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


def _sure(fillers: Sequence[Filler]) -> float:
    return min(CONFIDENCE.get(f.how, 0.65) for f in fillers)


__all__ = ["Claims", "Draft", "Slots"]
