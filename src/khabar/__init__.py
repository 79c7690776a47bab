"""khabar reads Arabic conflict news and builds a graph in which every claim shows its words, source and stance.

>>> import khabar
>>> [(claim.predicate, claim.object_en, claim.quote) for claim in khabar.extract("مصر تدعم حفتر.").claims]
[('supports', 'Khalifa Haftar', 'مصر تدعم حفتر')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from khabar.api import (
        Added,
        ClaimRow,
        DocumentRow,
        EntityRow,
        EventRow,
        Graph,
        MentionRow,
        Page,
        Reading,
        Result,
        Row,
        extract,
        open,
    )
    from khabar.errors import InputError, KhabarError, QueryError, ResourceError, ServiceError, StoreError

__version__ = "0.1.0"
__all__ = [
    "Added",
    "ClaimRow",
    "DocumentRow",
    "EntityRow",
    "EventRow",
    "Graph",
    "InputError",
    "KhabarError",
    "MentionRow",
    "Page",
    "QueryError",
    "Reading",
    "ResourceError",
    "Result",
    "Row",
    "ServiceError",
    "StoreError",
    "extract",
    "open",
]

if not TYPE_CHECKING:  # else a type checker would take any name for one of ours

    def __getattr__(name: str) -> Any:
        """Load what `__all__` names when it is first asked for, so that `import khabar` stays quick (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        room = import_module("khabar.errors" if name.endswith("Error") else "khabar.api")
        return getattr(room, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
