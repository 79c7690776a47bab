"""The steps of scripts/build_kb.py."""
