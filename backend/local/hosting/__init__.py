"""Endpoints as supervised worker processes.

``archive`` unpacks models, ``artifacts`` fetches and keeps them, ``worker`` and ``hooks`` are the
process that runs a model's inference.py, ``process`` starts and watches it, ``variant`` keeps the
instances of a production variant alive and hands them requests, ``fleet`` carries endpoints
through their states.
"""
