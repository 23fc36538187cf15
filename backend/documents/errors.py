"""Why a file could not be read, each in one sentence that says what to do.

::

    DocumentError
    ├── EmptyDocumentError          nothing in it
    ├── UnsupportedDocumentError    a format that is not read here
    ├── DamagedDocumentError        the format's own rules are broken
    ├── EncryptedDocumentError      a password is needed
    ├── ScannedDocumentError        pictures of pages without a text layer
    ├── DocumentTooLargeError       over one of the limits
    └── DocumentTimeoutError        reading it took too long
"""


class DocumentError(ValueError):
    """A file that gives no text; the message is meant for the person who uploaded it."""


class EmptyDocumentError(DocumentError):
    """The file, or what is left of it after parsing, has no text."""


class UnsupportedDocumentError(DocumentError):
    """The content is of a format that is not read here."""


class DamagedDocumentError(DocumentError):
    """The content breaks its own format."""


class EncryptedDocumentError(DocumentError):
    """The content is protected by a password."""


class ScannedDocumentError(DocumentError):
    """The PDF holds pictures of pages and no text."""


class DocumentTooLargeError(DocumentError):
    """The file or its text is larger than the limits allow."""


class DocumentTimeoutError(DocumentError):
    """Reading the file took longer than the limits allow."""


BY_NAME: dict[str, type[DocumentError]] = {
    DocumentError.__name__: DocumentError,
    **{error.__name__: error for error in DocumentError.__subclasses__()},
}
"""How a class of error travels from the child process that parses to its parent."""
