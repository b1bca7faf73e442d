"""The page of a new record: its fields, its draft, and the button that creates it.

A page says what its fields are, what it needs to know before they can be chosen, and what it makes
of their values. All the rest is here: the head with Discard and Create, the draft, creating as soon
as the form is complete, refusals at their fields, and going on to the record that was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.errors import Refused
from agent_desktop.views.kit.form_draft import FormDraft
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_form import FormField, RecordForm
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording


@dataclass(frozen=True, slots=True)
class FormWords:
    """What a form says of itself: its `title` in an `area`, the heading `about` over its fields,
    the `verb` on its button, and what stands `under` the title until a page says better."""

    area: str
    title: str
    about: str
    verb: str
    under: str = ""


class FormPage(Page):
    """The form of a new record; `create(stores, gather(values))` makes it.

    `NAME` begins the object names of the page and `FIELDS` those of its fields; `DRAFT` begins the
    place of its draft in local.db and must never change. `WAITS_FOR` names the answers that must
    be there before the draft begins; each is told with `is_here`. `RECORD` is the page that shows
    the record made, `CREATED` the toast that tells of it.
    """

    NAME: ClassVar[str]
    FIELDS: ClassVar[str]
    DRAFT: ClassVar[str]
    ICON: ClassVar[str]
    VERB_ICON: ClassVar[str] = "check"
    COLUMNS: ClassVar[int] = 2
    WAITS_FOR: ClassVar[frozenset[str]] = frozenset()
    RECORD: ClassVar[PageKind]
    CREATED: ClassVar[str]
    create: Callable[..., Any]

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._awaited: set[str] = set()
        self._under = ""
        self.draft = FormDraft(context.drafts, self)
        self.draft.restored.connect(self._on_restored)
        self.draft.kept.connect(self._on_kept)
        self.form = RecordForm(self, name=f"{self.FIELDS}.fields", columns=self.COLUMNS)
        self.form.add_fields(self.FIELDS, self.fields())
        self._build()

    # -- what a form fills in ---------------------------------------------------------------
    def words(self) -> FormWords:
        """What the form says of itself, in the language in force."""
        raise NotImplementedError

    def fields(self) -> Iterable[FormField]:
        """The fields in reading order, in the language in force."""
        raise NotImplementedError

    def gather(self, values: Mapping[str, str]) -> object:
        """The new record as `create` wants it."""
        raise NotImplementedError

    def below(self) -> Iterable[QWidget]:
        """What stands under the fields; asked for once."""
        return ()

    def defaults(self) -> Mapping[str, str]:
        """What an empty form begins with."""
        return {}

    def prefill(self) -> None:
        """Everything that can be chosen is there: fill in what is known already. A draft that
        comes back is stronger."""

    def draft_place(self) -> str:
        """Where the draft is kept: with the contact, else with the record it is about."""
        return f"{self.DRAFT}:{self.session_id or self.record_id}"

    def draft_fields(self) -> dict[str, QWidget]:
        """What the draft keeps."""
        return self.form.editors()

    def restored(self, back: tuple[str, ...]) -> None:
        """These fields came back from the draft."""

    def place_refusals(self, words: Mapping[str, str]) -> dict[str, str]:
        """{field: words} of a refusal, where a rule names a field otherwise than the form."""
        return dict(words)

    def created(self, record: Any, session_id: str) -> None:
        """The record is made and the form empty: go on to it."""
        self.context.desk.say(self.CREATED, number=record.number)
        self.context.desk.replace_page(Place(self.RECORD, record.id, session_id))

    # -- making -----------------------------------------------------------------------------
    def _build(self) -> None:
        said = self.words()
        self.head = PageHead(self, name=f"{self.NAME}.head")
        self.discard_button = Button("", ButtonKind.TEXT, name=f"{self.NAME}.discard")
        self.discard_button.clicked.connect(self.discard)
        self.save_button = Button(
            said.verb,
            ButtonKind.PRIMARY,
            icon_name=self.VERB_ICON,
            key=self.tr("Ctrl+Enter"),
            name=f"{self.NAME}.save",
        )
        self.save_button.clicked.connect(self.save)
        self.head.add_button(self.discard_button)
        self.head.add_button(self.save_button)
        self.strip = WritingStrip(self.context, self)
        self.told = Text("", Role.SMALL, Tone.TEXT2, name=f"{self.NAME}.told")
        self.block = Block(self.NAME, said.about, self.ICON, self)
        for part in (self.strip, self.form, self.told):
            self.block.body.addWidget(part)
        body = Columns(self, left=0, right=0)
        body.middle.addWidget(self.block)
        for more in self.below():
            body.middle.addWidget(more)
        self.setLayout(column(self.head, body, gap=0))
        self._say_words()

    def _say_words(self) -> None:
        said = self.words()
        self.discard_button.set_words(self.tr("Discard"))
        self.save_button.set_words(said.verb)
        self.block.set_title(said.about)
        self.head.set_identity(said.title, under=self._under or said.under, icon_name=self.ICON)
        if self.place is not None:
            self.say_title(said.area, said.title)

    def retranslate(self) -> None:
        """The words of the head, the button and the fields; what was typed stays."""
        self._say_words()
        self.form.say_labels(self.fields())

    def say_under(self, words: str) -> None:
        """The line under the title, whose record it will be for example."""
        self._under = words
        self._say_words()

    def about_account(self) -> UUID:
        """The account that the new record belongs to: the record of the place."""
        if self.record_id is None:
            raise LookupError("this form is not open for an account")
        return self.record_id

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """An empty form."""
        self._awaited = set(self.WAITS_FOR)
        self.form.show_errors({})
        self.form.set_values(dict.fromkeys(self.form.names(), ""))
        self.form.set_values(self.defaults())
        self.told.say("")
        self.save_button.set_on()
        self.strip.follow(self.session_id)
        self.say_under("")
        if not self._awaited:
            self._begin()

    def leave(self) -> None:
        """What was typed is kept."""
        self.draft.close()

    def first_focus(self) -> QWidget | None:
        """The first field."""
        return self.form.field(self.form.names()[0]).editor

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Enter creates, Ctrl+S keeps."""
        return {"form.send": self.save, "form.save": self.keep}

    def is_here(self, name: str) -> None:
        """An answer of `WAITS_FOR` has come; with the last one the draft is brought back."""
        self._awaited.discard(name)
        if not self._awaited and not self.draft.is_open:
            self._begin()

    def _begin(self) -> None:
        self.prefill()
        self.draft.begin(self.draft_place(), self.draft_fields())

    def _on_restored(self, back: tuple[str, ...]) -> None:
        self.restored(back)
        if back:
            self.told.say(self.tr("Brought back what you had typed"))

    def _on_kept(self) -> None:
        self.told.say(self.tr("Saved on this workstation"))

    # -- saving -----------------------------------------------------------------------------
    def save(self) -> None:
        """Create the record; refusals are shown at their fields and the form stays. Asked for
        while the form is not complete, it is done as soon as it is."""
        if self.save_button.isEnabled() and not self.draft.when_complete(self._create):
            self.told.say(self.tr("Is created as soon as the form is complete"))

    def _create(self) -> None:
        self.save_button.set_off(self.tr("Being created"))
        new = self.gather(self.form.values())
        self.context.background.run(self.create, new).then(
            self._on_created, failed=self.show_failed
        )

    def _on_created(self, record: object) -> None:
        session_id = self._end()
        self.created(record, session_id)

    def show_failed(self, error: Exception) -> None:
        """Nothing was made: say why, and let the person go on."""
        self.draft.wait_no_more()
        self.save_button.set_on()
        if isinstance(error, Refused):
            words = wording.refusals(error.reasons, **error.details)
            self.form.show_errors(self.place_refusals(words))
        else:
            self.form.show_errors({"": self.tr("Not saved. What you typed is kept.")})

    def keep(self) -> None:
        """Keep what is typed now."""
        self.draft.save()

    def discard(self) -> None:
        """Throw the form away and go back."""
        self._end()
        self.context.desk.back()

    def _end(self) -> str:
        """Forget what was typed; returns the session the form belonged to."""
        self.draft.drop()
        session_id, self.place = self.session_id, None
        return session_id
