"""Measures a graph against annotated texts: figures, tables by class and phenomenon, and each error in its sentence.

`gold` reads what people annotated, `graph` what khabar found, `align` lays one beside the other; `score`, `breakdown`
and `errors` look at the result, `report` writes it.
"""
