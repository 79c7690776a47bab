"""Brings a store into an external triple store, graph by graph, and checks that it got there.

`source` is what is here, `remote` what is there, `ledger` what was sent; `sending` brings them together in an order in
which a reader of the external store never sees a fact without its claims, and `checking` compares.
"""

from khabar.push.ledger import Ledger
from khabar.push.presets import PRESETS, Preset, Target, preset
from khabar.push.remote import Login, Remote
from khabar.push.sending import Outcome, Push
from khabar.push.source import Source

__all__ = ["PRESETS", "Ledger", "Login", "Outcome", "Preset", "Push", "Remote", "Source", "Target", "preset"]
