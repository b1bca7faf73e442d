"""Edit the data of an account; who changed the same field meanwhile stands at the field."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import Segment
from agent_desktop.models.account.values import AccountDraft
from agent_desktop.views.kit.form_draft import FormDraft
from agent_desktop.views.kit.record_form import FormField, RecordForm
from agent_desktop.views.kit.side_sheet import SideSheet
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.record import Account
    from agent_desktop.views.kit.page import Context

LANGUAGES = ("pt", "en", "ru")


class AccountForm(SideSheet):
    """The form of one account. It keeps the account as it was when the form was opened, so that
    only what the agent changed is sent."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page, "account.form", "", "", "save")
        self.title.say(self.tr("Edit customer data"))
        self.setAccessibleName(self.tr("Edit customer data"))
        self.verb.set_words(self.tr("Save"))
        self._context = context
        self._base: Account | None = None
        self._draft = FormDraft(context.drafts, self)
        self._draft.kept.connect(self._on_kept)
        self._draft.restored.connect(self._on_restored)
        self.strip = WritingStrip(context, self)
        self.form = RecordForm(self, name="account.fields", columns=6)
        self._add_fields()
        self.body.addWidget(self.strip)
        self.body.addWidget(self.form)
        self.done.connect(self.save)
        self.closed.connect(self._draft.close)

    def _add_fields(self) -> None:
        self.form.add_fields("account", self._fields())
        for key in self.form.names():
            field = self.form.field(key)
            field.keep_mine.connect(partial(self._on_keep, key))
            field.take_theirs.connect(partial(self._on_take, key))

    def _fields(self) -> tuple[FormField, ...]:
        languages = (self.tr("Portuguese"), self.tr("English"), self.tr("Russian"))
        segments = tuple((one.value, wording.segment(one)) for one in Segment if one.value)
        speaks = tuple(zip(LANGUAGES, languages, strict=True))
        return (
            FormField("name", self.tr("Name"), 6, required=True),
            FormField("email", self.tr("E-mail"), 6),
            FormField("segment", self.tr("Class of consumer"), 3, choices=segments),
            FormField("language", self.tr("Speaks"), 3, choices=speaks),
            FormField("street", self.tr("Street"), 4),
            FormField("house", self.tr("House"), 2),
            FormField("complement", self.tr("Complement"), 3),
            FormField("district", self.tr("District"), 3),
            FormField("city", self.tr("City"), 3),
            FormField("state_code", self.tr("State"), 1),
            FormField("postcode", self.tr("Postcode"), 2),
            FormField("note", self.tr("Note"), 6, lines=3),
        )

    # -- opening ----------------------------------------------------------------------------
    def edit(self, account: Account, session_id: str) -> None:
        """Open the form with an account, and what was typed here before."""
        self._base = account
        self.strip.follow(session_id)
        self.form.show_errors({})
        self.form.set_values({name: str(getattr(account, name)) for name in self.form.names()})
        self._draft.close()
        self._draft.begin(f"account:edit:{account.id}", self.form.editors())
        self.told.say("")
        self.open_sheet(self.form.field("name").editor)

    def follow(self, account: Account) -> None:
        """The account changed at the centre: show it where nothing was typed, mark the rest."""
        base = self._base
        if base is None or account.id != base.id or self.isHidden():
            return
        for name in self.form.names():
            theirs, mine = str(getattr(account, name)), self.form.field(name).value()
            if theirs == str(getattr(base, name)) or theirs == mine:
                continue
            if mine == str(getattr(base, name)):
                self.form.field(name).set_value(theirs)
                self._base = replace(self._base or base, **{name: getattr(account, name)})
            else:
                self._mark(name, account)
        self._theirs = account

    def _mark(self, name: str, account: Account) -> None:
        words = self.tr("Changed by {who} {when}: {value}").format(
            who=account.updated_by,
            when=wording.day(account.updated_at),
            value=wording.segment(account.segment) if name == "segment" else getattr(account, name),
        )
        self.form.field(name).show_conflict(words)

    def _on_keep(self, name: str) -> None:
        """My text stays; it is sent as a change of theirs."""
        if self._base is not None:
            self._base = replace(self._base, **{name: getattr(self._theirs, name)})
        self.form.field(name).show_conflict("")

    def _on_take(self, name: str) -> None:
        self.form.field(name).set_value(str(getattr(self._theirs, name)))
        self._on_keep(name)

    # -- saving -----------------------------------------------------------------------------
    def save(self) -> None:
        """Send what differs; a refusal is shown at its field and the form stays open."""
        if self._base is None:
            return
        self.verb.setEnabled(False)
        draft = AccountDraft(self._base, self.form.values())
        self._context.background.run(accounts.change, draft).then(
            self._on_saved, failed=self._on_failed
        )

    def _on_saved(self, account: Account) -> None:
        self.verb.setEnabled(True)
        self._draft.drop()
        self._context.desk.say("account_saved", name=account.name)
        self.close_sheet()

    def _on_failed(self, error: Exception) -> None:
        self.verb.setEnabled(True)
        if isinstance(error, Refused):
            self.form.show_errors(wording.refusals(error.reasons, **error.details))
        else:
            self.told.say(self.tr("Not saved. What you typed is kept."))

    def _on_kept(self) -> None:
        self.told.set_tone(Tone.TEXT2)
        self.told.say(self.tr("Kept on this workstation"))

    def _on_restored(self, back: tuple[str, ...]) -> None:
        if back:
            self.told.say(self.tr("Brought back what you had typed"))
