"""A new account: a name is enough; the caller's number is already in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import AccountKind, PhoneKind, Stage
from agent_desktop.models.account.values import NewAccount, NewPhone
from agent_desktop.models.rules import tax_id
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_form import RecordForm
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.record import Account
    from agent_desktop.views.kit.draft_keeper import Draft

#: Fields in which a telephone number is typed.
PHONES = ("phone", "phone2")


class NewAccountPage(Page):
    """The form of a new account, mostly of a caller nobody knows yet."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._draft: Draft | None = None
        self.form = RecordForm(self, name="new_account.fields", columns=4)
        self._add_fields()
        self.form.left.connect(self._on_left)
        self._build()

    # -- making -----------------------------------------------------------------------------
    def _add_fields(self) -> None:
        kinds = [(one.value, wording.account_kind(one)) for one in AccountKind if one.value]
        stages = [(one.value, wording.stage(one)) for one in Stage if one.value]
        uses = [(one.value, wording.phone_kind(one)) for one in PhoneKind if one.value]
        speaks = [
            ("pt", self.tr("Portuguese")),
            ("en", self.tr("English")),
            ("ru", self.tr("Russian")),
        ]
        self._add("name", self.tr("Name or company"), 3, required=True)
        self._add("kind", self.tr("Kind"), 1, choices=kinds)
        self._add("tax_id", self.tr("CPF or CNPJ"), 2)
        self._add("email", self.tr("E-mail"), 2)
        self._add("phone", self.tr("Phone"), 2)
        self._add("phone_kind", self.tr("Use"), 1, choices=uses)
        self._add("language", self.tr("Speaks"), 1, choices=speaks)
        self._add("phone2", self.tr("Second phone"), 2)
        self._add("stage", self.tr("Stage"), 2, choices=stages)
        self._add("note", self.tr("Note"), 4, lines=4)

    def _add(
        self,
        key: str,
        label: str,
        span: int,
        *,
        required: bool = False,
        lines: int = 1,
        choices: list[tuple[str, str]] | None = None,
    ) -> None:
        name = f"new_account.{key}"
        field = Field(label, name=name, required=required, lines=lines, choices=choices)
        self.form.add(key, field, span=span)

    def _build(self) -> None:
        self._head = PageHead(self, name="new_account.head")
        self.discard_button = Button(
            self.tr("Discard"), ButtonKind.TEXT, name="new_account.discard"
        )
        self.discard_button.clicked.connect(self.discard)
        self.save_button = Button(
            self.tr("Create account"),
            ButtonKind.PRIMARY,
            icon_name="user-plus",
            key=self.tr("Ctrl+Enter"),
            name="new_account.save",
        )
        self.save_button.clicked.connect(self.save)
        self._head.add_button(self.discard_button)
        self._head.add_button(self.save_button)
        self._told = Text("", Role.SMALL, Tone.TEXT2, name="new_account.told")
        self.strip = WritingStrip(self.context, self)
        block = Block("new_account", self.tr("Who it is"), "user-plus", self)
        for part in (self.strip, self.form, self._told):
            block.body.addWidget(part)
        body = Columns(self, left=0, right=0)
        body.middle.addWidget(block)
        self.setLayout(column(self._head, body, gap=0))

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """An empty form with what the call already says."""
        self.form.show_errors({})
        self.form.set_values(dict.fromkeys(self.form.names(), ""))
        defaults = {
            "kind": AccountKind.PERSON.value,
            "stage": Stage.SUSPECT.value,
            "language": "pt",
            "phone_kind": PhoneKind.MOBILE.value,
            **_from_call(self.session),
        }
        self.form.set_values(defaults)
        self._told.say("")
        self.save_button.set_on()
        self.strip.follow(self.session_id)
        words = self.tr("Only the name is needed; the rest can be added later.")
        self._head.set_identity(self.tr("New account"), under=words, icon_name="user-plus")
        self.say_title(self.tr("Interaction"), self.tr("New account"))
        fields = {name: self.form.field(name).editor for name in self.form.names()}
        self._draft = self.context.drafts.keep(f"account:new:{self.session_id}", fields, self)
        self._draft.saved.connect(self._on_kept)
        self._draft.restored.connect(self._on_restored)

    def leave(self) -> None:
        """What was typed is kept."""
        if self._draft is not None:
            self._draft.save()
            self._draft.close()
            self._draft = None

    def first_focus(self) -> QWidget | None:
        """The name."""
        return self.form.field("name").editor

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Enter creates, Ctrl+S keeps."""
        return {"form.send": self.save, "form.save": self.keep}

    # -- checking and saving ----------------------------------------------------------------
    def _on_left(self, name: str) -> None:
        """A document is checked on leaving its field."""
        typed = self.form.field(name).value().strip()
        if name == "tax_id" and typed:
            self.context.background.run_free(tax_id.parse, typed).then(
                None, failed=self._on_document_wrong, key="new_account.tax_id"
            )

    def _on_document_wrong(self, error: Exception) -> None:
        if isinstance(error, Refused):
            words = wording.refusal(next(iter(error.reasons.values())), **error.details)
            self.form.field("tax_id").show_error(words)

    def save(self) -> None:
        """Create the account; refusals are shown at their fields and the form stays."""
        if not self.save_button.isEnabled():
            return
        self.save_button.set_off(self.tr("Being created"))
        self.context.background.run(accounts.create, self._new()).then(
            self._on_created, failed=self._on_failed
        )

    def _new(self) -> NewAccount:
        values = self.form.values()
        use = PhoneKind(values["phone_kind"])
        typed = [values[name].strip() for name in PHONES]
        return NewAccount(
            name=values["name"],
            kind=AccountKind(values["kind"]),
            stage=Stage(values["stage"]),
            language=values["language"],
            phones=tuple(NewPhone(number, use) for number in typed if number),
            email=values["email"],
            tax_id=values["tax_id"],
            note=values["note"],
        )

    def _on_created(self, account: Account) -> None:
        if self._draft is not None:
            self._draft.drop()
            self._draft = None
        number = wording.account_number(account.number)
        self.context.desk.say("account_created", number=number)
        session, self.place = self.session, None
        if session is None or session.confirmed:
            self.context.interaction_control.open_account(account.id)
            return
        self.context.interaction_control.adopt(session.id, account)
        self.context.interaction_control.confirm(session.id)

    def _on_failed(self, error: Exception) -> None:
        self.save_button.set_on()
        if isinstance(error, Refused):
            words = wording.refusals(error.reasons, **error.details)
            self.form.show_errors({self._field(name): why for name, why in words.items()})
        else:
            self.form.show_errors({"": self.tr("Not saved. What you typed is kept.")})

    def _field(self, name: str) -> str:
        """`phones.<n>` is the n-th number that was typed."""
        if not name.startswith("phones."):
            return name
        typed = [field for field in PHONES if self.form.field(field).value().strip()]
        return typed[int(name.partition(".")[2])]

    def keep(self) -> None:
        """Keep what is typed now."""
        if self._draft is not None:
            self._draft.save()

    def discard(self) -> None:
        """Throw the form away and go back."""
        if self._draft is not None:
            self._draft.drop()
            self._draft = None
        self.place = None
        self.context.desk.back()

    def _on_kept(self) -> None:
        self._told.say(self.tr("Saved on this workstation"))

    def _on_restored(self, back: tuple[str, ...]) -> None:
        if back:
            self._told.say(self.tr("Brought back what you had typed"))


def _from_call(session: Session | None) -> dict[str, str]:
    """What the telephone system says about the caller."""
    call = session.last_call if session else None
    if session is None or call is None or call.withheld:
        return {}
    found = session.identification
    shown = found.number.national if found and found.number.national else call.number
    return {"phone": shown, "tax_id": call.typed_tax_id, "name": ""}
