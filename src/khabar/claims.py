"""Turns filled frames into events and relations whose roles the ontology allows, one per happening.

Domain and range are checked here; a trigger without the arguments its class needs is left out, a second trigger of
the same happening is folded into the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khabar.agreement import gender_of
from khabar.clauses import Filler, Phrases
from khabar.events import CONFIDENCE
from khabar.frames import Trigger
from khabar.happenings import Dating, Draft, absorb, taken, unite
from khabar.lexicon import SPEECH, words
from khabar.locations import Locations, is_place
from khabar.mentions.scan import PLACES
from khabar.modality import Modalities
from khabar.model import Mention, Relation, Stance
from khabar.ontology import Ontology
from khabar.requirements import ARMED, Requirements
from khabar.scene import Scene
from khabar.sides import opponents, turning
from khabar.stance import Stances
from khabar.verb_slots import VIOLENT
from khabar.word_order import HARM

EVIDENCE_LIMIT = 400
TOWNS = PLACES - {"Country", "Facility"}
ARMED_TIES = frozenset("opposes supports supplies hires controls partOf alliedWith".split())  # not of who only speaks
ACTORS = frozenset("agent participant recipient".split())
SOIL = frozenset("الاراضي اراضي ارض".split())
TOPIC_PREPS = ("حول", "بشان", "ازاء", "حيال", "تجاه")


class Claims:
    """Collects the events and relations of one document."""

    def __init__(self, scene: Scene, stances: Stances, ontology: Ontology) -> None:
        self.scene, self.stances, self.ontology = scene, stances, ontology
        self.phrases, self.requirements = Phrases(scene), Requirements(scene)
        self.locations = Locations(scene, self.phrases)
        self.modalities = Modalities(scene, stances)
        self.drafts: list[Draft] = []
        self.relations: list[Relation] = []

    def add(self, triggers: Sequence[Trigger]) -> None:
        """Take in the readings of one token: every relation, and the event with most of its roles filled."""
        events: list[tuple[int, int, Trigger, list[tuple[str, Mention, str]]]] = []
        sentence = self.scene.tokens[triggers[0].first].sentence if triggers else 0
        ended = [a for a in self.stances.active.get(sentence, ()) if a.cue.kind == "ended"]
        for t in triggers:
            if any(a.at <= t.first < a.end for a in ended):
                continue  # لم يعودوا يقدمون: nobody returned
            if t.frame.term in self.ontology.relations:
                self._relation(t)
            elif (roles := self._roles(t)) is not None:
                doubt = any(r == "agent" and self._disagrees(t, m) for r, m, _ in roles)
                events.append((len(roles) - 2 * doubt, -len(events), t, roles))
        if events:
            _, _, trigger, roles = max(events, key=lambda e: e[:2])
            self._event(trigger, roles)

    def _disagrees(self, trigger: Trigger, m: Mention) -> bool:
        """True for a feminine verb with a man for its subject: توصل الرئيس is no form of أوصل."""
        person = m.cls == "Person" and trigger.shape == "present" and m.first > trigger.first
        return trigger.agreement == "f" and (person or gender_of(self.scene.tokens, m) == "m")

    def _relation(self, trigger: Trigger) -> None:
        frame = trigger.frame
        sides: dict[str, list[Filler]] = {"s": [], "o": []}
        for slot, role in frame.roles.items():
            if role in sides:
                # تقوده السعودية لردع الحوثيين: what for, not whom
                given = [f for f in trigger.slots.get(slot, []) if not self._soil(f)]
                sides[role] += [f for f in given if f.prep not in ("ل", "علي") or not self._purposive(f)]
        if "symmetric" in frame.flags or "بين" in trigger.slots:
            together = [
                f for slot, role in frame.roles.items() for f in trigger.slots.get(slot, []) if role in ("s", "o")
            ]
            if turn := turning(trigger, self.phrases):
                first = [f for f in together if f.mention.last <= turn]
                sides = {"s": first, "o": [f for f in together if f.mention.first > turn]}
            elif not sides["o"] and len(together) > 1:
                sides = {"s": together[:1], "o": together[1:]}
        stance = self.modalities.of(trigger, "Ongoing" if trigger.shape != "past" else "Happened")
        if not self.requirements.tie(frame.flags, sides["s"], [f for fs in trigger.slots.values() for f in fs]):
            return
        for a in sides["s"]:
            for b in sides["o"]:
                self.relate(
                    a.mention, frame.term, b.mention, stance, frame.name, self._span(trigger, (a, b)), _sure((a, b))
                )

    def _soil(self, f: Filler) -> bool:
        """True for the soil of a state, which is no act of its: من الأراضي الأردنية, على أراضي السودان."""
        first = self.scene.tokens[f.mention.first].fold
        return f.mention.cls == "Country" and (f.via in SOIL or first in SOIL)

    def _purposive(self, f: Filler) -> bool:
        scene = self.scene
        known = scene.through | scene.belonging | scene.ranks | scene.held | scene.own | scene.heads
        return bool(f.via) and f.via not in known and not f.via.startswith("ال")

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
        if {a.cls, b.cls} & {"UnnamedSource", "MediaOutlet"} and predicate in ARMED_TIES:
            return
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
        topics = dict.fromkeys(TOPIC_PREPS, "about") if frame.term in SPEECH | {"Meeting", "Agreement"} else {}
        for slot, role in {**topics, **frame.roles, "place": "place"}.items():
            for f in trigger.slots.get(slot, []):
                if role in ("s", "o") or (f.mention.entity in used and role != "place"):
                    continue
                if f.mention.cls == "UnnamedSource" and frame.term in VIOLENT:
                    continue  # who tells it is not who is hit
                if role in ACTORS and f.how == "argument" and f.via.removesuffix("ا") in self.scene.abstract:
                    continue  # تدين ممارسة الميليشيا، أدان مجلس علماء باكستان
                if role == "target" and slot == "من" and f.mention.cls in TOWNS:
                    if frame.term in HARM | {"TerritoryChange"}:  # اختطف 18 شابا من القيارة، استعادة أحياء من عدن
                        roles.append(("place", f.mention, "place"))
                    continue
                own = f.mention.first <= trigger.first < f.mention.last and trigger.shape != "passive"
                if own and f.how != "carried":
                    continue  # المساعدات الإنسانية is not what it brings itself
                if role == "target" and frame.term == "Strike" and self.requirements.explodes(trigger, f.mention):
                    role = "instrument"  # تفجير سيارة مفخخة
                if role == "target" and self._soil(f):
                    role = "place"  # عملية على الأراضي السورية
                if role == "place" and not is_place(f.mention):
                    continue
                if role in ("agent", "participant") and f.mention.cls == "Materiel":
                    if (owner := self._owner(f.mention)) and self._fits(owner, self.ontology.range(role)):
                        roles.append((role, owner, f.how))  # طائرات التحالف شنت غارات
                        used.add(owner.entity)
                    role = "instrument"
                if role == "instrument" and frame.term in VIOLENT and f.mention.cls not in PLACES | {"Materiel"}:
                    continue
                if role == "instrument" and f.mention.cls in PLACES and f.prep in ("ب", "في"):
                    if any(is_place(x.mention) for x in trigger.slots.get("في", []) if x is not f):
                        continue  # في مدينة سراقب بريف إدلب
                    role = "place"
                if (
                    frame.term == "Proposal"
                    and role == "about"
                    and f.mention.cls in ("Person", "Government", "Country")
                ):
                    role = "recipient"
                if not self._fits(f.mention, self.ontology.range(role)) and is_place(f.mention):
                    role = "place"  # إدخال المساعدات إلى غزة
                if self._fits(f.mention, self.ontology.range(role)):
                    roles.append((role, f.mention, f.how))
                    used.add(f.mention.entity)
        roles += [("target", m, "owner") for r, hit, _ in roles if r == "target" and (m := self._holder(hit))]
        if not any(r == "place" for r, *_ in roles):  # who shells or besieges a town does it there
            roles += [("place", m, how) for r, m, how in roles if r == "target" and m.cls in TOWNS]
        if not any(r == "place" for r, *_ in roles):
            roles += [("place", m, how) for m, how in self.locations.of(trigger) if m.entity not in used]
        if not self.requirements.met(trigger, roles):
            return None
        return roles

    def _holder(self, m: Mention) -> Mention | None:
        """Whose a place is that is hit: معسكر تدريب تابع لحماس."""
        scene, j = self.scene, m.last
        tied = j + 2 < len(scene.tokens) and scene.tokens[j].fold in scene.belonging and scene.tokens[j + 1].fold == "ل"
        owner = scene.starts.get(j + 2) if tied and m.cls == "Facility" else None
        return owner if owner and owner.cls in ARMED else None

    def _owner(self, m: Mention) -> Mention | None:
        """The actor that ends the words of a piece of materiel: طائرات التحالف العربي."""
        held = [n for n in self.scene.within.get(m.last - 1, ()) if m.first < n.first and n.last == m.last]
        return max(held, key=lambda n: n.last - n.first, default=None)

    def _event(self, trigger: Trigger, roles: list[tuple[str, Mention, str]]) -> None:
        if trigger.frame.term == "Battle" and self._from_the_air(roles):
            trigger = replace(trigger, frame=replace(trigger.frame, term="Strike"))
        stance = self.modalities.of_event(trigger)
        draft = Draft(
            trigger, stance, tuple(roles), self._span(trigger, [f for fs in trigger.slots.values() for f in fs])
        )
        self.drafts.append(draft)

    def _from_the_air(self, roles: Sequence[tuple[str, Mention, str]]) -> bool:
        """True where aircraft or missiles attack: هاجمت طائرة حربية مواقع."""
        doers = [m for r, m, _ in roles if r in ("agent", "instrument")]
        heads = {self.scene.tokens[m.first].fold.removeprefix("ال") for m in doers}
        return bool(heads & words()["airborne"])

    def _first_person(self, trigger: Trigger) -> None:
        """A verb in the first person has the speaker for its subject; so has what must be done: يتعين على إيران."""
        spoken = trigger.agreement in ("1p", "1s") or "said" in trigger.frame.flags
        if spoken and "subj" not in trigger.slots:
            source = self.scene.entities.get(self.modalities.of(trigger, "Happened").source or "")
            if source and (m := next((m for m in source.mentions if m.how != "pronoun"), None)):
                trigger.slots["subj"] = [Filler(m, "", "speaker")]

    def elliptic(self, first: int, last: int) -> None:
        """أما X فمن قبل Y: the tie told last holds between Y and X too."""
        scene = self.scene
        for i in range(first, last):
            m = scene.starts.get(i + 1) if scene.tokens[i].fold == "اما" else None
            if m is None or not self.relations:
                continue
            doers = [f for f in self.phrases.after(m.last - 1) if f is not None and f.prep == "من قبل"]
            told_last = self.relations[-1]
            evidence = self.clip(i, max([f.mention.last for f in doers], default=i + 2), i)
            for f in doers:
                self.relate(
                    f.mention, told_last.predicate, m, told_last.stance, f"ellipsis:{told_last.rule}", evidence, 0.55
                )

    def contradicted(self, sentence: int) -> None:
        """نفت الوزارة ذلك, وهو ما نفته موسكو: what was told last stands denied too, by whoever denies it."""
        tokens = self.scene.tokens
        for cue in self.stances.active.get(sentence, ()):
            near = {t.fold for t in tokens[cue.end : cue.end + 4]}
            taken_up = bool(near & words()["taken up"]) or tokens[min(cue.end, len(tokens) - 1)].kind == "enclitic"
            if cue.cue.kind != "denial" or cue.source is None or not taken_up:
                continue
            begin = tokens[cue.at].begin
            here = [
                d for d in self.drafts if tokens[d.trigger.first].begin < begin and d.trigger.frame.term not in SPEECH
            ]
            ties = [r for r in self.relations if not r.rule.startswith("nominal") and r.evidence[0] < begin]
            draft, tie = (here[-1] if here else None), (ties[-1] if ties else None)
            told_at = tokens[draft.trigger.first].begin if draft else -1
            if tie and (tie.evidence[1] > told_at or tie.evidence[0] <= told_at < tie.evidence[1]):
                draft = draft if draft and draft.evidence == tie.evidence else None
            else:
                tie = None
            first = self.scene.sentences[sentence].first
            aside = any(t.text in ("،", ",", "؛") for t in tokens[first : cue.at])  # …، غير أن موسكو نفت ذلك
            since = tokens[first if aside else self.scene.sentences[max(0, sentence - 1)].first].begin
            if draft and told_at >= since and draft.stance.source != cue.source:
                stance = replace(draft.stance, polarity="Negated", certainty="Certain", source=cue.source)
                self.drafts.append(replace(draft, stance=stance))
            if tie and tie.evidence[1] >= since and tie.stance.source != cue.source:
                stance = replace(tie.stance, polarity="Negated", certainty="Certain", source=cue.source)
                self.relations.append(replace(tie, stance=stance, rule=f"denied:{tie.rule}"))

    def settle(self, when: Dating) -> None:
        """Fold killings into what caused them and retellings into what they retell; add the ties events imply."""
        lies = {(r.subject, r.object) for r in self.relations if r.predicate == "locatedIn"}

        def within(inner: str, outer: str) -> bool:
            return (inner, outer) in lies or self.scene.entities[outer].cls == "Country"

        self.drafts = unite(absorb(self.drafts, self.scene), self.scene, when, within)
        self.drafts = [self._bound(d) for d in self.drafts]
        self._derive()

    def _bound(self, draft: Draft) -> Draft:
        """A move with the place of what it is for, where it names none: توجهت القوات لتحرير القاعدة."""
        tokens, last = self.scene.tokens, draft.trigger.last
        moves = draft.trigger.frame.term == "Deployment" and "obj" not in draft.trigger.frame.roles
        if not moves or any(r == "place" for r, *_ in draft.roles):
            return draft
        for d in self.drafts:
            at = d.trigger.first
            near = 0 < at - last <= 5 and tokens[at].sentence == tokens[last].sentence and d.trigger.shape == "noun"
            between = [t.fold for t in tokens[last:at]]
            if near and "ل" in between and not any(w.startswith("استعداد") for w in between):
                places = [(r, m, "control") for r, m, _ in d.roles if r == "place"]
                return replace(draft, roles=(*draft.roles, *places))
        return draft

    def _derive(self) -> None:
        """Ties that settled events imply: who fights whom opposes him, who takes a place controls it."""
        for d in self.drafts:
            sides: dict[str, list[Mention]] = {}
            for r, m, _ in d.roles:
                sides.setdefault(r, []).append(m)
            stance = replace(d.stance, modality="Ongoing") if d.stance.settled else d.stance
            rule = f"event:{d.trigger.frame.name}"
            if d.trigger.frame.term in VIOLENT | {"TerritoryChange"} and stance.settled:
                pairs = [(a, b) for a in sides.get("agent", []) for b in sides.get("target", [])]
                pairs = [(a, b) for a, b in pairs if not (b.cls == "Country" and a.cls != "Country")]  # on its soil
                if d.trigger.frame.term == "Battle":
                    pairs += opponents(d.trigger, sides.get("participant", []), self.phrases)
                for a, b in pairs:
                    if self._fighter(a) and self._fighter(b):
                        self.relate(a, "opposes", b, stance, rule, d.evidence, 0.65)
            if "takes" in d.trigger.frame.flags and stance.settled:
                for a in sides.get("agent", []):
                    for b in taken(d.roles):
                        self.relate(a, "controls", b, stance, rule, d.evidence, 0.65)

    def _fighter(self, m: Mention) -> bool:
        cls = self.scene.entities[m.entity].cls
        return cls in ARMED - {"Materiel"} or cls == "Government"

    def _span(self, trigger: Trigger, fillers: Sequence[Filler]) -> tuple[int, int]:
        """The clause that holds the trigger and its arguments, within one sentence and at most 400 characters."""
        scene = self.scene
        lo, hi = scene.bounds(trigger.first)
        a, b = scene.clause(trigger.first)
        named = [f.mention for f in fillers if f.how != "place noun"]
        inside = [m for m in named if lo <= m.first and m.last <= hi]
        first = min([a, *(m.first for m in inside)])
        last = max([b, *(m.last for m in inside)])
        return self.clip(first, last, trigger.first)

    def clip(self, first: int, last: int, around: int) -> tuple[int, int]:
        """Raw bounds of tokens `first` to `last`, trimmed of punctuation and cut to the limit around a token."""
        tokens = self.scene.tokens
        while last - first > 1 and tokens[last - 1].kind == "punct":
            last -= 1
        while last - first > 1 and tokens[first].kind in ("punct", "enclitic"):
            first += 1
        while tokens[last - 1].end - tokens[first].begin > EVIDENCE_LIMIT:
            if last - around > around - first and last - 1 > around:
                last -= 1
            else:
                first += 1
        return tokens[first].begin, tokens[last - 1].end


def _sure(fillers: Sequence[Filler]) -> float:
    return min(CONFIDENCE.get(f.how, 0.65) for f in fillers)
