"""`khabar split`: decide that two entities are two, for good."""

from __future__ import annotations

from khabar.cli.deciding import Because, By, One, Other, StoreFolder, Undo


def split(store: StoreFolder, one: One, other: Other, because: Because = "", by: By = None, undo: Undo = False) -> None:
    """Decide that two entities are two things.

    They are never merged: a merge of the two ends, a person's or one of khabar's own; they are not proposed again, and
    a merge that would bring them together over others is refused. --undo opens the question again, also for entities
    that have left the store.

        khabar split news nil-0f32c1b2a9d8e7f6 haftar --because "his son"

    Two documents (by key, URL or id) are then never one story, two events (event:...) never one happening:

        khabar split news doc:5f0c1b2a9d8e7f60 doc:9a8b7c6d5e4f3a2b --because "another fire"
    """
    from khabar.cli.merge import decide

    decide(store, one, other, "Undecided" if undo else "DifferentEntities", because, by)
