"""What annotation tools and services export, each in its own shape, to examples.

``recognised`` looks at records, ``recognised_files`` at several files that belong together.
"""

from backend.data.exports.export import Found
from backend.data.exports.files import recognised_files
from backend.data.exports.lines import recognised_text
from backend.data.exports.recognition import recognised
from backend.data.exports.word_rows import word_rows

__all__ = ["Found", "recognised", "recognised_files", "recognised_text", "word_rows"]
