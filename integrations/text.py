"""What no store keeps, whichever database is behind it."""

from scheduler.errors import Refused


def kept(text: str) -> str:
    """The text itself; `Refused` E_TEXT when it holds a NUL or half a character.

    PostgreSQL knows no NUL, and neither database a lone surrogate, as JSON may hold.
    """
    if "\0" in text or not _is_whole(text):
        raise Refused(
            "E_TEXT", "This text holds a character that cannot be kept; type it anew."
        )
    return text


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
