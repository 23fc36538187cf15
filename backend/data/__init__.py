"""Datasets: read from published formats, split, checked, kept in versions.

``Datasets`` keeps and finds them; ``reading`` makes examples of files, ``split`` divides them,
``lint`` says what is wrong with them and ``fixes`` puts it right.
"""
