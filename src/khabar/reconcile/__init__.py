"""The knowledge base as a reconciliation service (W3C community report, version 0.2), for OpenRefine and its kin."""

from khabar.reconcile.index import Found, Index
from khabar.reconcile.service import Service

__all__ = ["Found", "Index", "Service"]
