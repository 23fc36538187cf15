"""E-mail to plain text: subject, parties and date, then the message."""

import email
from email import policy
from email.errors import MessageError
from email.message import EmailMessage

from backend.documents.document import Extraction, Limits
from backend.documents.errors import DamagedDocumentError
from backend.documents.html_text import html_to_text

_HEADERS = ("Subject", "From", "To", "Cc", "Date")


def read_mail(data: bytes, limits: Limits) -> Extraction:  # noqa: ARG001 - a parser's signature
    """The message as people see it; of attachments the names, in a sentence.

    Raises:
        DamagedDocumentError: the file breaks the rules of e-mail.
    """
    try:
        message = email.message_from_bytes(data, policy=policy.default)
        head = [f"{name}: {message[name]}" for name in _HEADERS if message[name]]
        return Extraction("\n\n".join([*head, _body(message)]), None, _attached(message))
    except (MessageError, LookupError, ValueError, AttributeError) as error:
        raise DamagedDocumentError(
            "This e-mail is damaged and cannot be read: save it again from the program that "
            "received it, or paste its text."
        ) from error


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = str(part.get_content())
    return html_to_text(content) if part.get_content_subtype() == "html" else content


def _attached(message: EmailMessage) -> tuple[str, ...]:
    names = [part.get_filename() or "one without a name" for part in message.iter_attachments()]
    if not names:
        return ()
    return (f"Attachments were left out: {', '.join(names)}; upload each one by itself.",)
