"""Examples to train the shipped models on, out of published data, and what is held out of it.

Each function takes the folder of the datasets and gives the same examples each time.
"""

from backend.data.published.answers import (
    made_unanswerable,
    read_before_windows,
    reading,
    squad,
    windows,
)
from backend.data.published.classes import sst2
from backend.data.published.entities import document_names, wikiann
from backend.data.published.relations import business, semeval
from backend.data.published.splits import Data
from backend.data.published.summaries import summaries

__all__ = [
    "Data",
    "business",
    "document_names",
    "made_unanswerable",
    "read_before_windows",
    "reading",
    "semeval",
    "squad",
    "sst2",
    "summaries",
    "wikiann",
    "windows",
]
