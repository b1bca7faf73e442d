"""How the screens speak of one kind of record: declared once, in its folder's `view.py`.

From it follow the kind's pages and their words in local.db, its command in the palette, its icon
and page in lists and in the palette, its name where records are counted, who else has it open,
and the words of its codes. The views are listed in views/kind_views.py.

This module imports no widget, so that it may be imported before the first paint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QCoreApplication

from agent_desktop.desk.session import PageKind
from agent_desktop.models.kind import Kind

CONTEXT = "KindView"


@dataclass(frozen=True, slots=True)
class KindView:
    """One kind of record on the screen.

    `one`, `many` and `new` are texts marked with QT_TRANSLATE_NOOP("KindView", ...): a record, its
    records, and the command that begins a new one. `word` names its pages in local.db and must
    never change; `page` and `form` are their classes by dotted name under views, empty for none.
    `parts` names the tables of its parts where they are counted. `codes` are the words of its
    codes: {table: {code: text}}, tables named `<kind>_<column>`, so that no two kinds collide.
    """

    kind: Kind[Any]
    icon: str
    one: object
    many: object
    word: str = ""
    page: str = ""
    form: str = ""
    new: object = ""
    parts: Mapping[str, object] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def page_kind(self) -> PageKind | None:
        """The page of one record; None if it has none."""
        return PageKind.add(self.word) if self.page else None

    @property
    def form_kind(self) -> PageKind | None:
        """The form of a new record; None if it has none."""
        return PageKind.add(f"{self.word}_new") if self.form else None

    @property
    def new_command(self) -> str:
        """The id of the command that opens the form."""
        return f"{self.word}.new"


def said(text: object) -> str:
    """A text of a kind in the language in force."""
    return QCoreApplication.translate(CONTEXT, str(text))
