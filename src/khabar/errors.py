"""The errors a user may meet: one line each, saying what is wrong, where, and what to do.

KhabarError
├── InputError      a source or record cannot be read
├── StoreError      the store is missing, locked or damaged
├── QueryError      a query is unknown or malformed
├── ServiceError    a service on the web refuses, fails or answers nonsense
└── ResourceError   a data file of the installation is missing or broken
"""

from __future__ import annotations


class KhabarError(Exception):
    """Base of all errors that are shown as one line."""


class InputError(KhabarError):
    """A source or record cannot be read."""


class StoreError(KhabarError):
    """The store is missing, locked or damaged."""


class QueryError(KhabarError):
    """A query is unknown or malformed."""


class ServiceError(KhabarError):
    """A service on the web refuses, fails or answers nonsense."""


class ResourceError(KhabarError):
    """A data file of the installation is missing or broken."""
