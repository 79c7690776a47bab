"""Serves a store over HTTP: SPARQL, named graphs, entities and documents, reading only unless a token allows more.

One process speaks HTTP (`app`) and hands every question to a worker process (`zygote`, `worker`) that reads a snapshot
of the store and can be killed at any moment (`pool`): when its time or memory is up, or its client has gone.
"""
