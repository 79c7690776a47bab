"""A linear-chain model with its weights in numpy: best labels of a sentence and how sure they are."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from khabar.errors import ResourceError

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chain:
    """Weights of a conditional random field.

    `rows` maps a feature to its row of `weights` (features by labels); `moves` are the scores of label to label;
    `clusters` maps a stem to the names of its clusters, for whoever makes the features.
    """

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Floats
    moves: Floats
    clusters: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Chain:
        """Read the model file; raises ResourceError when it is missing or broken."""
        try:
            with np.load(path, allow_pickle=False) as file:
                labels = tuple(file["labels"].tobytes().decode("utf-8").split("\n"))
                names = file["features"].tobytes().decode("utf-8").split("\n")
                weights = file["weights"].astype(np.float32) * file["scale"].astype(np.float32)
                moves = file["moves"].astype(np.float32)
                lines = file["clusters"].tobytes().decode("utf-8").split("\n")
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise ResourceError(f"{path}: the name finder's model is missing or broken ({error})") from error
        clusters = dict(line.split("\t", 1) for line in lines if line)
        return cls(labels, dict(zip(names, range(len(names)), strict=True)), weights, moves, clusters)

    def save(self, path: Path) -> None:
        """Write the model file, weights in one byte each."""
        scale = np.float32(max(float(np.abs(self.weights).max()), 1e-6) / 127)
        np.savez_compressed(
            path,
            labels=_bytes("\n".join(self.labels)),
            features=_bytes("\n".join(self.rows)),
            weights=np.rint(self.weights / scale).astype(np.int8),
            scale=scale,
            moves=self.moves,
            clusters=_bytes("\n".join(f"{w}\t{c}" for w, c in self.clusters.items())),
        )

    def score(self, features: Sequence[str], prefix: str = "") -> Floats:
        """The summed weights of some features, one number a label."""
        get = self.rows.get
        found = [row for f in features if (row := get(prefix + f)) is not None]
        return self.weights[found].sum(0) if found else np.zeros(len(self.labels), np.float32)

    def decode(self, scores: Floats, lengths: Sequence[int]) -> tuple[NDArray[np.int64], Floats]:
        """The best label of each word of several sentences laid end to end, and the probability of every label.

        `scores` are words by labels. Sentences are worked on side by side, padded to the longest.
        """
        size, wide, many = len(scores), max(lengths, default=0), len(lengths)
        best, sure = np.zeros(size, np.int64), np.zeros(scores.shape, np.float32)
        if not size:
            return best, sure
        count = len(self.labels)
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        there = np.arange(wide)[None, :] < np.asarray(lengths)[:, None]
        grid = np.zeros((many, wide, count), np.float32)
        grid[there] = scores
        self._viterbi(grid, lengths, starts, best)
        sure[:] = self._marginals(grid, there)[there]
        return best, sure

    def _viterbi(
        self, grid: Floats, lengths: Sequence[int], starts: NDArray[np.int64], best: NDArray[np.int64]
    ) -> None:
        many, wide, count = grid.shape
        back = np.zeros((many, wide, count), np.int64)
        path = np.zeros((many, wide, count), np.float32)
        path[:, 0] = grid[:, 0]
        for k in range(1, wide):
            step = path[:, k - 1, :, None] + self.moves
            back[:, k] = step.argmax(1)
            path[:, k] = step.max(1) + grid[:, k]
        for s, (n, start) in enumerate(zip(lengths, starts, strict=True)):
            label = int(path[s, n - 1].argmax()) if n else 0
            for k in range(n - 1, -1, -1):
                best[start + k] = label
                label = int(back[s, k, label])

    def _marginals(self, grid: Floats, there: NDArray[np.bool_]) -> Floats:
        """Probabilities by forward and backward sums, rescaled at each word."""
        wide = grid.shape[1]
        local = np.exp(grid - grid.max(2, keepdims=True))
        moves = np.exp(self.moves - self.moves.max())
        ahead, behind = np.ones_like(local), np.ones_like(local)
        ahead[:, 0] = local[:, 0]
        for k in range(1, wide):
            step = (ahead[:, k - 1] @ moves) * local[:, k]
            ahead[:, k] = step / (step.sum(1, keepdims=True) + 1e-30)
        for k in range(wide - 2, -1, -1):
            step = (behind[:, k + 1] * local[:, k + 1]) @ moves.T
            step /= step.sum(1, keepdims=True) + 1e-30
            behind[:, k] = np.where(there[:, k + 1, None], step, 1.0)
        both = ahead * behind
        found: Floats = both / (both.sum(2, keepdims=True) + 1e-30)
        return found


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)
