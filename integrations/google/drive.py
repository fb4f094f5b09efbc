"""Documents at Google: what is asked of Drive and Docs, and what they answer.

Drive makes a document of HTML, finds it by a property of its file, and shares it; the
Docs API reads and changes it. Sources: developers.google.com/workspace/drive/api/guides
(manage-uploads, properties, search-files, manage-sharing) and
developers.google.com/workspace/docs/api (documents.get, documents.batchUpdate).

A file name cannot be chosen: "Generated IDs are not supported for Docs Editors
formats". And a change is never an upload, which would replace everything: Docs takes
one for exactly one revision (`requiredRevisionId`), so that no word typed meanwhile is
lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from integrations.google.protocol import Request
from scheduler.documents import Line, Page, Paragraph
from scheduler.errors import Gone, Unavailable
from scheduler.ports.documents import MadeDocument

#: The type that makes Drive convert what is uploaded, and that events show.
DOCUMENT: Final = "application/vnd.google-apps.document"
#: The key of our tag among a file's properties, which only Troth may see.
PROPERTY: Final = "troth"
_FILE: Final = "id,webViewLink,trashed"
_READ: Final = (
    "revisionId,body(content(startIndex,endIndex,paragraph(elements(startIndex,"
    "endIndex,textRun(content,suggestedInsertionIds,suggestedDeletionIds)))))"
)

Json = Mapping[str, Any]


# Asking -----------------------------------------------------------------------------


def make(tag: str, title: str, lines: Iterable[Line]) -> Request:
    """Make a document of these lines. Its owner alone decides who else may open it."""
    body = {
        "name": title,
        "mimeType": DOCUMENT,
        "appProperties": {PROPERTY: tag},
        "writersCanShare": False,
    }
    params = {"uploadType": "multipart", "fields": _FILE}
    return Request("files", "create", params, body, upload=html(lines))


def find(tag: str) -> Request:
    """Files with this tag, those in the bin too: a person put them there."""
    said = f"appProperties has {{ key='{PROPERTY}' and value='{tag}' }}"
    params = {"q": said, "fields": f"files({_FILE})"}
    return Request("files", "list", params)


def look(file: str) -> Request:
    """Whether it is in the bin, which Docs does not say."""
    return Request("files", "get", {"fileId": file, "fields": _FILE})


def share(file: str, email: str) -> Request:
    """Let this address write there; sharing it again changes nothing."""
    params: dict[str, str | bool] = {
        "fileId": file,
        "sendNotificationEmail": False,
        "fields": "id",
    }
    body = {"type": "user", "role": "writer", "emailAddress": email}
    return Request("permissions", "create", params, body)


def read(file: str) -> Request:
    """Its paragraphs, with what is suggested there, and its revision."""
    params = {
        "documentId": file,
        "suggestionsViewMode": "SUGGESTIONS_INLINE",
        "fields": _READ,
    }
    return Request("documents", "get", params)


def rewrite(
    file: str, place: tuple[int, int], lines: Sequence[Line], version: str
) -> Request:
    """Put lines in the place of others, if this is still the newest revision.

    The new ones go before the old, which then lose all but their last line break:
    that of a document's end may not be deleted.
    """
    start, end = place
    text = "\n".join(line.text for line in lines)
    after = start + length(text)
    changes = [
        {"insertText": {"location": {"index": start}, "text": text}},
        {"deleteContentRange": {"range": _range(after, end - 1 + length(text))}},
        *_styles(start, lines),
    ]
    body = {"requests": changes, "writeControl": {"requiredRevisionId": version}}
    params = {"documentId": file, "fields": "documentId"}
    return Request("documents", "batchUpdate", params, body)


def _styles(start: int, lines: Sequence[Line]) -> Iterable[Json]:
    """Headings and plain lines, by name: a new one is styled as the old one there."""
    for line in lines:
        end = start + length(line.text) + 1
        style = "HEADING_2" if line.is_heading else "NORMAL_TEXT"
        yield {
            "updateParagraphStyle": {
                "range": _range(start, end),
                "paragraphStyle": {"namedStyleType": style},
                "fields": "namedStyleType",
            }
        }
        start = end


def _range(start: int, end: int) -> Json:
    return {"startIndex": start, "endIndex": end}


def length(text: str) -> int:
    """How many places it takes: Docs counts UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def html(lines: Iterable[Line]) -> str:
    """One element for each line, so that each becomes one paragraph."""
    tags = [("h2" if line.is_heading else "p", escape(line.text)) for line in lines]
    body = "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags)
    return f'<!doctype html><html><meta charset="utf-8"><body>{body}</body></html>'


# Answers ----------------------------------------------------------------------------


def read_made(answer: Json) -> MadeDocument:
    """A file as it was made or looked at; `Gone` for one in the bin."""
    file, link = answer.get("id"), answer.get("webViewLink")
    if not isinstance(file, str) or not isinstance(link, str):
        raise Unavailable("Google does not say which file it made")
    if answer.get("trashed"):
        raise Gone(file)
    return MadeDocument(file, link)


def read_found(answer: Json) -> MadeDocument | None:
    """The file of a search: of several one that is not in the bin."""
    files = [one for one in answer.get("files") or () if isinstance(one, dict)]
    files.sort(key=lambda one: (bool(one.get("trashed")), str(one.get("id"))))
    return read_made(files[0]) if files else None


def read_page(answer: Json) -> Page:
    """The paragraphs of a document's first tab; all that is no plain text is None."""
    content = (answer.get("body") or {}).get("content") or ()
    every = (_paragraph(one) for one in content if "endIndex" in one)
    return Page(tuple(every), str(answer.get("revisionId") or ""))


def _paragraph(element: Json) -> Paragraph:
    start, end = int(element.get("startIndex") or 0), int(element["endIndex"])
    parts = (element.get("paragraph") or {}).get("elements")
    return Paragraph(_text(parts) if parts else None, start, end)


def _text(parts: Iterable[Json]) -> str | None:
    """Its text without the line break; None where anything else stands there."""
    found = ""
    for part in parts:
        run = part.get("textRun")
        if not run or _is_suggested(run):
            return None
        found += str(run.get("content") or "")
    return found.removesuffix("\n")


def _is_suggested(run: Json) -> bool:
    return bool(run.get("suggestedInsertionIds") or run.get("suggestedDeletionIds"))
