"""How far a cue of stance reaches: its verb, its clause, its complement, its sentence."""

from __future__ import annotations

from khabar.lexicon import Cue, Lexicon
from khabar.scene import Scene

CONTRAST = frozenset("لكن لكنه لكنها بينما فيما وفيما بيد غير_ان الا_ان في_حين في_المقابل".split())
REPORTING = frozenset(("attribution", "denial", "claim", "hedge", "promise", "accusation"))
TOLD = frozenset("attribution claim denial accusation".split())
UNREAL = frozenset("plan agreement request threat promise refusal consideration proposal attempt fear".split())
TIMED = frozenset("بعدما عندما حينما حين غداه لما".split())
OPENING = REPORTING | {"request", "threat", "proposal", "refusal"}


class Scopes:
    """Scopes of the cues of one scene, as half-open token ranges."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene, self.lexicon = scene, lexicon

    def of(self, cue: Cue, i: int, end: int, first: int, last: int, verb: bool = False) -> tuple[int, int]:
        """The scope of a cue whose words are tokens `i` to `end`, in the sentence `first` to `last`.

        `verb` tells that the cue is a finite verb there.
        """
        tokens = self.scene.tokens
        if cue.scope == "sentence":
            return self.segment(i, first, last)
        if cue.scope == "verb":
            j = end
            while j < min(last, end + 4) and not self.scene.is_verb(j):
                j += 1
            if j >= min(last, end + 4):
                return end, min(last, end + 2)
            return end, self._either(j, last)
        if cue.scope == "gen":
            return end, min(self.near(end, last), end + 3)
        if cue.scope == "near":
            return end, self.near(end, last)
        if cue.scope == "back":  # الأنباء عن كذا عارية عن الصحة
            return self._clause_start(self._described(i, first), first), i
        if cue.scope == "before":
            return max(first, i - 3), i
        if cue.scope == "condition":
            return self._clause_start(i, first), last
        if cue.scope == "prep":
            at = next((k for k in range(end, min(last, end + 14)) if tokens[k].fold in cue.preps), None)
            return (at + 1, self.near(at + 1, last)) if at is not None else (last, last)
        return end, self._content_end(cue, i, end, last, verb)

    def segment(self, i: int, first: int, last: int) -> tuple[int, int]:
        """The stretch between connectors of contrast that holds `i`."""
        lo = next((k + 1 for k in range(i - 1, first - 1, -1) if self.contrast(k)), first)
        hi = next((k for k in range(i + 1, last) if self.contrast(k)), last)
        return lo, hi

    def contrast(self, k: int) -> bool:
        """True where a connector of contrast (لكن، في حين، غير أن) begins."""
        tokens = self.scene.tokens
        pair = tokens[k].fold + "_" + (tokens[k + 1].fold if k + 1 < len(tokens) else "")
        return tokens[k].fold in CONTRAST or pair in CONTRAST

    def near(self, j: int, last: int) -> int:
        """The end of the clause that goes on at `j`: a comma, a stop, or و and a verb."""
        while j < last and self.scene.tokens[j].text not in "،؛.!؟" and not self.scene.opens_clause(j):
            j += 1
        return j

    def _clause_start(self, i: int, first: int) -> int:
        j = i
        while j > first and not (
            self.scene.tokens[j - 1].fold in ("ان", "انه", "انها", "بان", ":", "بانه") or self.contrast(j - 1)
        ):
            if self.scene.tokens[j - 1].text in "؛.":
                break
            j -= 1
        return j

    def _described(self, i: int, first: int) -> int:
        """The token that بأنه begins at, where it stands before `i`: وصف الحديث عن كذا بأنه لا أساس له."""
        tokens, k = self.scene.tokens, i
        if k - 2 > first and tokens[k - 1].kind == "enclitic" and tokens[k - 2].fold in ("ان", "بان"):
            k -= 2
            k -= tokens[k - 1].fold == "ب"
        return k

    def _either(self, j: int, last: int) -> int:
        """The end of a particle's scope, its verb at `j`: لن ينسحب أو يوقع reaches both."""
        k = self.near(j + 1, last)
        alternative = k < last and self.scene.tokens[k].fold == "او" and "Aspect=Perf" not in self.scene.tokens[j].feats
        return self.near(k + 2, last) if alternative else min(last, j + 1)

    def _content_end(self, cue: Cue, i: int, j: int, last: int, verb: bool) -> int:
        """Where the complement of a cue ends: at a contrast, a clause of time, or a verb of the cue's own level."""
        tokens = self.scene.tokens
        past = "Aspect=Perf" in tokens[i].feats or cue.kind in ("attribution", "denial")
        opened = tokens[j - 1].fold in ("ان", "بان")
        verb = verb or (j < last and self.scene.is_verb(j))  # ربما التقى
        k = j
        while k < last:
            if self.contrast(k) or (cue.kind == "denial" and self._goes_on(k)):
                return k
            opened = opened or tokens[k].fold in ("ان", "بان") or tokens[k].text == ":"
            if cue.kind not in TOLD and k > j and self._timed(k, last):
                return k
            if not verb and not opened and cue.kind in UNREAL | {"denial", "hedge"} and self._main(k, j):
                return k
            if self.scene.opens_clause(k):
                v = k + 1
                while v < last and tokens[v].fold in self.scene.particles | self.scene.time:
                    v += 1
                perfect = v < last and "Aspect=Perf" in tokens[v].feats
                if v < last and self._reports(v):
                    return k
                own = not verb and not opened and cue.kind != "attribution"
                if perfect and k > j and (cue.kind in UNREAL or own):
                    return k
                if cue.kind not in ("attribution", "claim") and past and perfect and k > j + 1:
                    return k
            k += 1
        return last

    def _timed(self, k: int, last: int) -> bool:
        """True where a clause tells when: بعد أن، بعدما، عندما with a past verb, قبل أن."""
        tokens = self.scene.tokens
        pair = k + 1 < last and tokens[k].fold in ("بعد", "قبل", "منذ", "الي") and tokens[k + 1].fold == "ان"
        at = k + 2 if pair else k + 1 if tokens[k].fold in TIMED else last
        while at < last and tokens[at].fold in self.scene.particles:
            at += 1
        return at < last and (tokens[k].fold == "قبل" or "Aspect=Perf" in tokens[at].feats)

    def _main(self, k: int, j: int) -> bool:
        """True at a finite verb that no relative clause holds: رغم نفي موسكو، قصفت."""
        if not self.scene.is_verb(k) or k == j or self.scene.after_relative(k) or self.scene.tokens[k].pos == "AUX":
            return False
        return self.scene.tokens[k - 1].kind != "stem" or not self.scene.headed(k)

    def _goes_on(self, k: int) -> bool:
        """True at a participle by which the same speaker says something else: نفى كذا موضحا أن."""
        cues = self.lexicon.cues.get(self.scene.tokens[k].fold, ())
        return any(c.kind == "attribution" and "source=same" in c.effect for c, _ in cues)

    def _reports(self, v: int) -> bool:
        """True for a verb that opens a new statement (a reporting, denying, asking or threatening one)."""
        forms = self.lexicon.cues.get(self.scene.tokens[v].fold, ())
        kinds = {c.kind for c, f in forms if f.shape in ("past", "present")}
        return bool(kinds & OPENING) and self.scene.tokens[v].pos == "VERB"
