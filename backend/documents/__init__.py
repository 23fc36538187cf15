"""Files to plain text: text, Markdown, HTML, PDF, office documents, e-books and e-mail.

>>> extract("note.txt", b"Payment is due within 30 days.").text
'Payment is due within 30 days.'
"""

from backend.documents.document import Document, Kind, Limits
from backend.documents.errors import DocumentError
from backend.documents.extraction import extract, from_text

__all__ = ["Document", "DocumentError", "Kind", "Limits", "extract", "from_text"]
