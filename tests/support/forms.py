"""The forms of a page, read as a browser reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit


@dataclass(slots=True)
class Form:
    """A form: where it goes, what it would send, and which of its fields people fill in.

    `prefilled` are the fields that show something to be changed: a text, a choice, a box that is ticked.
    """

    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)  # by name: the kind of field
    prefilled: set[str] = field(default_factory=set)
    buttons: list[str] = field(default_factory=list)  # other paths that its buttons send it to

    @property
    def path(self) -> str:
        return urlsplit(self.action.strip()).path

    def send(self, **other: str) -> dict[str, list[str] | str]:
        """What the browser sends, with some values typed in."""
        return {**self.fields, **other}


def forms_in(html: str) -> list[Form]:
    """Every form of a page, also those that stand in a template."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select = self._area = ""
        self._first = True
        self._text: list[str] = []

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        asked = {name: value or "" for name, value in given}
        if tag == "form":
            self._open = self._named(asked.get("id", ""))
            self._open.method, self._open.action = asked.get("method", "get"), asked.get("action", "")
            self.forms.append(self._open)
        form = self._named(asked["form"]) if "form" in asked else self._open
        if form is None:
            return
        name, value = asked.get("name", ""), asked.get("value", "")
        if tag == "input" and name:
            self._input(form, name, value, asked)
        elif tag == "textarea":
            form.typed[name], self._area, self._text = "textarea", name, []
        elif tag == "select":
            form.typed[name], self._select, self._first = "select", name, True
        elif tag == "option" and self._select:
            if self._first or "selected" in asked:
                form.fields[self._select] = [value]
            if "selected" in asked and value:
                form.prefilled.add(self._select)
            self._first = False
        elif tag == "button" and "formaction" in asked:
            form.buttons.append(urlsplit(asked["formaction"]).path)

    def _named(self, id: str) -> Form:
        """The form of this id, which may begin further down than its fields."""
        return self._by_id.setdefault(id, Form("get", "")) if id else Form("get", "")

    def _input(self, form: Form, name: str, value: str, asked: dict[str, str]) -> None:
        kind = asked.get("type", "text")
        if kind in ("checkbox", "radio"):
            form.typed[name] = kind
            if "checked" not in asked:
                return
            form.prefilled.add(name)
            value = value or "on"
        elif kind != "hidden":
            form.typed[name] = kind
            if value and kind != "password":
                form.prefilled.add(name)
        if kind != "file":
            form.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area and self._open:
            text = "".join(self._text).removeprefix("\n")
            self._open.fields[self._area] = [text]
            if text:
                self._open.prefilled.add(self._area)
            self._area = ""
