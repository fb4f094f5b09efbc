"""What people do in a document on Google's own page."""

from __future__ import annotations

from integrations.google.fake.docs import units
from integrations.google.fake.service import FakeGoogle


def types(google: FakeGoogle, email: str, file: str, text: str) -> None:
    """Somebody leaves the document with this text; its last line break stays."""
    before = google.world.files[file].text.removesuffix("\n")
    change = [{"insertText": {"location": {"index": 1}, "text": text}}] if text else []
    if before:
        start = 1 + units(text)
        place = {"startIndex": start, "endIndex": start + units(before)}
        change.append({"deleteContentRange": {"range": place}})
    where = {"documentId": file}
    google.act(email, "documents.batchUpdate", where, {"requests": change})
