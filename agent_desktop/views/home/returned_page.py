"""Work that came back: why, everything that was written in it, and what can be done now.

Fields in conflict stand side by side: mine in the field, theirs under it, with both answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.errors import Refused
from agent_desktop.models.store import outbox
from agent_desktop.models.work import returned, work_item
from agent_desktop.views import kind_views
from agent_desktop.views.home.returned_words import FIELDS, field_words, intent_words
from agent_desktop.views.kit.form_draft import FormDraft
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_form import RecordForm
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.layout import clear, column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.work.returned import Returned
    from agent_desktop.models.work.work_item import ReturnedWork

_LONG = frozenset({"description", "note"})


class ReturnedPage(Page):
    """One returned work with those that fell with it. The place's record is `work.id`."""

    KINDS = frozenset({"work_item"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._found: Returned | None = None
        self._form: RecordForm | None = None
        self._draft = FormDraft(context.drafts, self)
        self.head = PageHead(self, name="returned.head")
        self.drop_button = Button(
            self.tr("Take off the list"), icon_name="check", name="returned.done"
        )
        self.drop_button.clicked.connect(self._drop)
        self.open_button = Button(self.tr("Open the record"), ButtonKind.LINK, name="returned.open")
        self.open_button.clicked.connect(self._open)
        self.open_button.hide()
        self.verb = Button(
            "",
            ButtonKind.PRIMARY,
            icon_name="send",
            key=self.tr("Ctrl+Enter"),
            name="returned.verb",
        )
        self.verb.clicked.connect(self._do)
        self.head.second.addWidget(self.open_button)
        self.head.add_button(self.drop_button)
        self.head.add_button(self.verb)
        body = Columns(self, left=0, right=0)
        self._blocks = body.middle
        self.setLayout(column(self.head, body, gap=0))

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Another work: nothing of the one before stays."""
        self._found = None
        self._clear()
        self.verb.hide()
        self.head.set_identity(self.tr("Loading"), icon_name="triangle-alert")
        self.say_title(self.tr("Worklist"), self.tr("Came back"))

    def leave(self) -> None:
        """What was typed is kept."""
        self._draft.close()

    def reload(self) -> None:
        """Ask for the work, unless it is here: somebody may be choosing."""
        if self.record_id is not None and self._found is None:
            self.context.background.run(returned.look, self.record_id.int).then(
                self._show, failed=self._show_failed, key="returned"
            )

    def first_focus(self) -> QWidget | None:
        """The first field in conflict."""
        if self._form is None:
            return None
        return next((self._form.field(name).editor for name in self._form.names()), None)

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Enter does what the button says."""
        return {"form.send": self._do}

    # -- showing ----------------------------------------------------------------------------
    def _show(self, found: Returned) -> None:
        work = found.work
        if work.id != self.record_id:
            return
        self._found = found
        name = found.account.name if found.account is not None else ""
        why = wording.refusal(work.code)
        self.head.set_identity(
            intent_words(work.kind).capitalize(),
            subject=name,
            under=why,
            icon_name="triangle-alert",
        )
        self._clear()
        if work.code == outbox.SET_ASIDE:
            self._blocks.addWidget(self._server_block(work))
        if self._may_choose(found):
            self._show_conflict(work)
        for one in work.dependents if self._form else (work, *work.dependents):
            self._blocks.addWidget(self._written_block(one))
        self.verb.set_words(self._verb_words(found))
        self.verb.setVisible(bool(self._verb_words(found)))
        self.open_button.setVisible(self._record_place(found) is not None)
        focus = self.first_focus()
        if focus is not None:
            self.take_focus(focus)

    def _verb_words(self, found: Returned) -> str:
        """What the large button does; nothing if there is nothing to do but to read."""
        if self._form is not None:
            return self.tr("Save")
        if found.work.code == outbox.SET_ASIDE:
            return self.tr("Send again")
        again = found.work.kind == "ticket.create" and found.account is not None
        return self.tr("Write again") if again else ""

    def _record_place(self, found: Returned) -> Place | None:
        """Where the record can be looked at as it is now."""
        view = kind_views.of_table(found.work.table)
        kind = view.page_kind if view is not None else None
        record = found.ticket if found.work.table == "ticket" else found.account
        if kind is not None and found.work.record_id is not None and record is not None:
            return Place(kind, found.work.record_id)
        return Place(PageKind.ACCOUNT, found.account.id) if found.account is not None else None

    def _server_block(self, work: ReturnedWork) -> Block:
        """The centre's own words, for whoever is asked to help."""
        block = Block("returned.server", self.tr("What the centre said"), "server", self)
        words = work.fields.get("", "")
        block.body.addWidget(
            Text(words, Role.BODY, parent=block, wrap=True, selectable=True, name="returned.words")
        )
        return block

    def _may_choose(self, found: Returned) -> bool:
        """Whether the fields can be settled here: the record is still known."""
        record = found.account if found.work.table == "account" else found.ticket
        return found.work.is_conflict and record is not None

    def _show_conflict(self, work: ReturnedWork) -> None:
        block = Block("returned.conflict", self.tr("Changed by both"), "git-branch", self)
        form = RecordForm(block, name="returned.fields")
        mine: Mapping[str, Any] = work.mine.get("set", {})
        for name in FIELDS:
            theirs = work.theirs.get(name)
            if theirs is not None and str(mine.get(name, "")) != str(theirs["value"]):
                self._add_field(form, name, str(mine.get(name, "")), theirs)
        block.body.addWidget(form)
        self._blocks.addWidget(block)
        self._form = form
        self._draft.begin(f"returned:{work.n}", form.editors())

    def _add_field(self, form: RecordForm, name: str, mine: str, theirs: Mapping[str, Any]) -> None:
        lines = 4 if name in _LONG else 1
        field = Field(field_words(name), name=f"returned.{name}", lines=lines)
        form.add(name, field)
        field.set_value(mine)
        words = self.tr("Changed by {who} {when}: {value}")
        at = datetime.fromisoformat(theirs["at"]) if theirs.get("at") else None
        value = theirs["value"]
        field.show_conflict(
            words.format(who=theirs.get("by") or "", when=wording.day(at), value=value)
        )
        field.keep_mine.connect(partial(field.show_conflict, ""))
        field.take_theirs.connect(partial(self._take, field, str(value)))

    def _take(self, field: Field, value: str) -> None:
        field.set_value(value)
        field.show_conflict("")

    def _written_block(self, work: ReturnedWork) -> Block:
        """Everything a person wrote in one intent, to be read and copied."""
        block = Block("returned.written", intent_words(work.kind).capitalize(), "pencil", self)
        if work.code != (self._found.work.code if self._found else ""):
            why = wording.refusal(work.code)
            block.body.addWidget(Text(why, Role.SMALL, Tone.BAD, block, wrap=True))
        for name, value in _written(work):
            block.body.addWidget(Text(field_words(name), Role.SMALL, Tone.TEXT2, block))
            block.body.addWidget(Text(value, Role.BODY, parent=block, wrap=True, selectable=True))
        return block

    def _show_failed(self, error: Exception) -> None:
        code = error.reasons.get("", "") if isinstance(error, Refused) else ""
        words = wording.refusal(code) if code else self.tr("It could not be read.")
        self.head.set_identity(self.tr("Came back"), under=words, icon_name="triangle-alert")

    def _clear(self) -> None:
        self.leave()
        self._form = None
        clear(self._blocks)

    # -- doing ------------------------------------------------------------------------------
    def _do(self) -> None:
        """Save what was chosen, or write the refused ticket again."""
        if self._found is None or self.verb.isHidden():
            return
        background = self.context.background
        if self._form is not None:
            background.run(returned.settle, self._found, self._form.values()).then(
                self._on_done, failed=self._on_failed
            )
        elif self._found.work.code == outbox.SET_ASIDE:
            background.run(returned.send_again, self._found.work.n).then(self._on_done)
        else:
            background.run(returned.write_again, self._found.work).then(self._on_prepared)

    def _open(self) -> None:
        place = self._record_place(self._found) if self._found is not None else None
        if place is not None:
            self.context.desk.open(place)

    def _drop(self) -> None:
        if self._found is not None:
            self.context.background.run(work_item.done, self._found.work.n).then(self._on_done)

    def _on_done(self, _result: object) -> None:
        self._draft.drop()
        self.place = None
        self.context.desk.back()

    def _on_prepared(self, _result: object) -> None:
        if self._found is not None:
            account_id = UUID(str(self._found.work.mine["account_id"]))
            self.context.desk.open(Place(PageKind.TICKET_NEW, account_id))

    def _on_failed(self, error: Exception) -> None:
        if self._form is None:
            return
        if isinstance(error, Refused):
            self._form.show_errors(wording.refusals(error.reasons, **error.details))
        else:
            self._form.show_errors({"": self.tr("Not saved. What you typed is kept.")})


def _written(work: ReturnedWork) -> tuple[tuple[str, str], ...]:
    """(field, text) of everything in an intent that a person wrote or chose."""
    fields = {**work.mine, **work.mine.get("set", {})}
    return tuple((name, str(fields[name])) for name in FIELDS if fields.get(name))
