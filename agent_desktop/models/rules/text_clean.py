"""Text as every store can keep it. What is pasted may hold what no database takes."""

from __future__ import annotations


def sendable(text: str) -> str:
    """The text without NUL, which PostgreSQL's text and jsonb cannot hold (manual, 8.3 and 8.14),
    and with U+FFFD for halves of surrogate pairs, which are no UTF-8 (RFC 3629, section 3)."""
    clean = text.replace("\0", "")
    try:
        clean.encode()
    except UnicodeEncodeError:
        return clean.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean
