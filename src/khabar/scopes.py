"""How far a cue of stance reaches: its verb, its clause, its complement, its sentence."""

from __future__ import annotations

from khabar.clauses import Scene
from khabar.lexicon import Cue, Lexicon

CONTRAST = frozenset("لكن لكنه لكنها بينما فيما وفيما بيد غير_ان الا_ان في_حين في_المقابل".split())
REPORTING = frozenset(("attribution", "denial", "claim", "hedge", "promise", "accusation"))
OPENING = REPORTING | {"request", "threat", "proposal", "refusal"}


class Scopes:
    """Scopes of the cues of one scene, as half-open token ranges."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene, self.lexicon = scene, lexicon

    def of(self, cue: Cue, i: int, end: int, first: int, last: int) -> tuple[int, int]:
        """The scope of a cue whose words are tokens `i` to `end`, in the sentence `first` to `last`."""
        tokens = self.scene.tokens
        if cue.scope == "sentence":
            return self.segment(i, first, last)
        if cue.scope == "verb":
            j = end
            while j < min(last, end + 4) and not self.scene.is_verb(j):
                j += 1
            return end, min(last, j + 1) if j < min(last, end + 4) else min(last, end + 2)
        if cue.scope == "gen":
            return end, min(self.near(end, last), end + 3)
        if cue.scope == "near":
            return end, self.near(end, last)
        if cue.scope == "back":  # الأنباء عن كذا عارية عن الصحة
            return self._clause_start(i, first), i
        if cue.scope == "before":
            return max(first, i - 3), i
        if cue.scope == "condition":
            return self._clause_start(i, first), last
        if cue.scope == "prep":
            at = next((k for k in range(end, min(last, end + 14)) if tokens[k].fold in cue.preps), None)
            return (at + 1, self.near(at + 1, last)) if at is not None else (last, last)
        return end, self._content_end(cue, i, end, last)

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

    def _content_end(self, cue: Cue, i: int, j: int, last: int) -> int:
        """Where the complement of a cue ends: at a contrast, or where و and a verb of the cue's own level follow."""
        tokens = self.scene.tokens
        past = "Aspect=Perf" in tokens[i].feats or cue.kind in ("attribution", "denial")
        k = j
        while k < last:
            if self.contrast(k) or (cue.kind == "denial" and self._goes_on(k)):
                return k
            if self.scene.opens_clause(k):
                v = k + 1
                while v < last and tokens[v].fold in self.scene.particles | self.scene.time:
                    v += 1
                if v < last and self._reports(v):
                    return k
                if cue.kind not in ("attribution", "claim") and past and "Aspect=Perf" in tokens[v].feats and k > j + 1:
                    return k
            k += 1
        return last

    def _goes_on(self, k: int) -> bool:
        """True at a participle by which the same speaker says something else: نفى كذا موضحا أن."""
        cues = self.lexicon.cues.get(self.scene.tokens[k].fold, ())
        return any(c.kind == "attribution" and "source=same" in c.effect for c, _ in cues)

    def _reports(self, v: int) -> bool:
        """True for a verb that opens a new statement (a reporting, denying, asking or threatening one)."""
        kinds = {c.kind for c, f in self.lexicon.cues.get(self.scene.tokens[v].fold, ()) if f.shape == "past"}
        return (
            bool(kinds & (REPORTING | {"request", "threat", "proposal", "refusal"}))
            and self.scene.tokens[v].pos == "VERB"
        )
