"""What mail programs can show: the rules that caniemail.com's tables come to for us.

Only what Gmail, Outlook, Apple Mail and Thunderbird all show, or leave out harmlessly.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_VOID = frozenset({"meta", "br"})
_TAGS = re.compile(
    "html|head|title|meta|style|body|div|table|tbody|tr|td|th|p|a|span|br|h[12]|"
    "blockquote"
)
#: Inline properties that every one of them obeys, or that cost nothing where not.
_PROPERTIES = re.compile(
    "margin|padding(-.*)?|font(-family|-size|-style|-weight)?|line-height|color|"
    "background(-color)?|border(-top|-bottom|-left|-radius|-collapse)?|text-align|"
    "text-decoration|text-transform|vertical-align|white-space|word-break|word-spacing|"
    "(max-)?width|(max-)?height|display|direction|overflow|opacity|cursor|"
    "table-layout|mso-padding-alt|mso-line-height-rule"
)
#: Gmail cuts a mail off here, and drops a style sheet longer than this.
_CLIPPED, _STYLE = 102_000, 8_192


class _Reading(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.faults += [f"never closed: {tag}" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "style" and "body" in self._open:
            self.faults.append("a style sheet in the body")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"closed out of order: {tag}")


def faults(html: str, language: str) -> list[str]:
    """What is wrong with an HTML letter; nothing, as a rule."""
    shown = re.sub(r"<!--\[if.*?<!\[endif\]-->", "", html, flags=re.DOTALL)
    read = _Reading(shown)
    found = read.faults
    for tag, attrs in read.tags:
        found += _tag(tag, attrs)
    names = [tag for tag, _ in read.tags]
    found += [] if names.count("h1") == 1 else ["not one heading"]
    lang = [attrs.get("lang") for tag, attrs in read.tags if tag == "html"]
    found += [] if lang == [language] else [f"language {lang}"]
    found += [] if len(html.encode()) < _CLIPPED else ["longer than Gmail shows"]
    for sheet in re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL):
        found += [] if len(sheet) < _STYLE else ["a style sheet Gmail drops"]
    remote = re.search(r"@import|@font-face|url\(|\ssrc=|\sbackground=", html)
    found += [f"remote: {remote[0]}"] if remote else []
    return found


def _tag(tag: str, attrs: dict[str, str]) -> list[str]:
    found = [] if _TAGS.fullmatch(tag) else [f"tag: {tag}"]
    for rule in filter(None, attrs.get("style", "").split(";")):
        name = rule.partition(":")[0].strip()
        if not _PROPERTIES.fullmatch(name):
            found.append(f"property: {name}")
        if re.search(r"var\(|calc\(|flex|grid|absolute|fixed", rule):
            found.append(f"value: {rule}")
    found += [f"handler: {name}" for name in attrs if name.startswith("on")]
    if tag == "a" and not attrs.get("href", "").startswith("https://"):
        found.append("a link that leads nowhere")
    if tag == "th" and "scope" not in attrs:
        found.append("a header of nothing")
    return found
