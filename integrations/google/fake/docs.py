"""documents.get and documents.batchUpdate: a body of plain paragraphs, one tab.

Places are UTF-16 code units, the first paragraph at 1 ('Structure of a Google Docs
document'). A batch is done as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.google.fake.drive import file_of
from integrations.google.fake.files import File
from integrations.google.fake.problems import Answered, Json, Problem
from integrations.google.fake.world import Behaviour, Call, Outcome, World

_HEADING_AND_PLAIN = frozenset({"NORMAL_TEXT", "HEADING_1", "HEADING_2", "HEADING_3"})
#: What Docs takes out of inserted text: controls, and the private use area.
_STRIPPED = dict.fromkeys((*range(9), *range(12, 32), *range(57344, 63744)))


def get(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """documents.get; the revision is for those alone who may write."""
    del behaviour
    file = file_of(world, call, "documentId")
    answer: dict[str, Any] = {
        "documentId": file.id,
        "title": file.name,
        "body": {"content": _content(file.text)},
        "suggestionsViewMode": "SUGGESTIONS_INLINE",
    }
    if file.may_write(call.user):
        answer["revisionId"] = _revision(file)
    return world, answer


def _content(text: str) -> list[Json]:
    found: list[Json] = [{"endIndex": 1, "sectionBreak": {}}]
    at = 1
    for words in text.split("\n")[:-1]:
        line = f"{words}\n"
        end = at + units(line)
        run = {"startIndex": at, "endIndex": end, "textRun": {"content": line}}
        found.append(
            {"startIndex": at, "endIndex": end, "paragraph": {"elements": [run]}}
        )
        at = end
    return found


def batch_update(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """documents.batchUpdate: insertions, deletions and styles of paragraphs."""
    del behaviour
    file = file_of(world, call, "documentId")
    if not file.may_write(call.user):
        message = "The caller does not have permission"
        raise Answered(Problem(403, "", message, status_name="PERMISSION_DENIED"))
    wanted = (call.body.get("writeControl") or {}).get("requiredRevisionId")
    if wanted is not None and wanted != _revision(file):
        raise _bad("The required revision ID is not the latest one.", stale=True)
    text = file.text
    for request in call.body.get("requests") or ():
        text = _done(text, request)
    if text != file.text:
        file = file.with_text(text)
        world = world.with_file(file)
    count = len(call.body.get("requests") or ())
    control = {"requiredRevisionId": _revision(file)}
    replies: list[Json] = [{} for _ in range(count)]
    answer = {"documentId": file.id, "replies": replies, "writeControl": control}
    return world, answer


def _done(text: str, request: Mapping[str, Any]) -> str:
    match dict(request):
        case {"insertText": {"location": {"index": index}, "text": said}}:
            cut = _cut(text, index, last=units(text))
            return f"{text[:cut]}{said.translate(_STRIPPED)}{text[cut:]}"
        case {"deleteContentRange": {"range": place}}:
            start, end = _places(text, place, last=units(text))
            return text[:start] + text[end:]
        case {"updateParagraphStyle": {"range": place, "paragraphStyle": style}}:
            _places(text, place, last=units(text) + 1)
            if style.get("namedStyleType") not in _HEADING_AND_PLAIN:
                raise _bad("Invalid style")
            return text
        case _:
            message = f"FakeGoogle has no {'/'.join(request)}"
            raise Answered(Problem(501, "notImplemented", message))


def _places(text: str, place: Mapping[str, int], *, last: int) -> tuple[int, int]:
    start, end = place.get("startIndex", 0), place.get("endIndex", 0)
    if start >= end:
        raise _bad("The range should not be empty.")
    return _cut(text, start, last=last), _cut(text, end, last=last)


def _cut(text: str, index: int, *, last: int) -> int:
    """Where a place is in the text; the last line break of all is out of bounds."""
    if not 1 <= index <= last:
        raise _bad(f"Index {index} must be inside the bounds of the document.")
    raw = text.encode("utf-16-le")
    try:
        return len(raw[: 2 * (index - 1)].decode("utf-16-le"))
    except UnicodeDecodeError:
        raise _bad("The range cannot split a surrogate pair.") from None


def units(text: str) -> int:
    """Its length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _revision(file: File) -> str:
    return f"revision-{file.revision}"


def _bad(message: str, *, stale: bool = False) -> Answered:
    status = "FAILED_PRECONDITION" if stale else "INVALID_ARGUMENT"
    return Answered(Problem(400, "", message, status_name=status))
