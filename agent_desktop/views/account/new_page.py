"""A new account: a name is enough; the caller's number is already in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import AccountKind, PhoneKind, Stage
from agent_desktop.models.account.values import NewAccount, NewPhone
from agent_desktop.models.rules import tax_id
from agent_desktop.views.kit.form_page import FormPage, FormWords
from agent_desktop.views.kit.page import Context
from agent_desktop.views.kit.record_form import FormField
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session

#: Fields in which a telephone number is typed.
PHONES = ("phone", "phone2")


class NewAccountPage(FormPage):
    """The form of a new account, mostly of a caller nobody knows yet."""

    NAME, FIELDS, DRAFT, ICON = "new_account", "new_account", "account:new", "user-plus"
    VERB_ICON, COLUMNS = "user-plus", 4
    RECORD, CREATED = PageKind.ACCOUNT, "account_created"
    create = staticmethod(accounts.create)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.form.left.connect(self._on_left)

    # -- what the form is -------------------------------------------------------------------
    def words(self) -> FormWords:
        """An account."""
        return FormWords(
            self.tr("Interaction"),
            self.tr("New account"),
            self.tr("Who it is"),
            self.tr("Create account"),
            under=self.tr("Only the name is needed; the rest can be added later."),
        )

    def fields(self) -> Iterable[FormField]:
        """Who it is and how to reach them."""
        kinds = tuple((one.value, wording.account_kind(one)) for one in AccountKind if one.value)
        stages = tuple((one.value, wording.stage(one)) for one in Stage if one.value)
        uses = tuple((one.value, wording.phone_kind(one)) for one in PhoneKind if one.value)
        speaks = (
            ("pt", self.tr("Portuguese")),
            ("en", self.tr("English")),
            ("ru", self.tr("Russian")),
        )
        return (
            FormField("name", self.tr("Name or company"), 3, required=True),
            FormField("kind", self.tr("Kind"), choices=kinds),
            FormField("tax_id", self.tr("CPF or CNPJ"), 2),
            FormField("email", self.tr("E-mail"), 2),
            FormField("phone", self.tr("Phone"), 2),
            FormField("phone_kind", self.tr("Use"), choices=uses),
            FormField("language", self.tr("Speaks"), choices=speaks),
            FormField("phone2", self.tr("Second phone"), 2),
            FormField("stage", self.tr("Stage"), 2, choices=stages),
            FormField("note", self.tr("Note"), 4, lines=4),
        )

    def defaults(self) -> Mapping[str, str]:
        """A person who speaks Portuguese, and what the call already says."""
        return {
            "kind": AccountKind.PERSON.value,
            "stage": Stage.SUSPECT.value,
            "language": "pt",
            "phone_kind": PhoneKind.MOBILE.value,
            **_from_call(self.session),
        }

    def draft_place(self) -> str:
        """With the contact; without one there is one such form."""
        return f"{self.DRAFT}:{self.session_id}"

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

    def gather(self, values: Mapping[str, str]) -> NewAccount:
        """The account with the numbers that were typed."""
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

    def created(self, record: Any, session_id: str) -> None:
        """The caller is this account now; without a caller its page opens."""
        number = wording.account_number(record.number)
        self.context.desk.say(self.CREATED, number=number)
        control = self.context.interaction_control
        session = self.context.desk.session(session_id) if session_id else None
        if session is None or session.confirmed:
            control.open_account(record.id)
            return
        control.adopt(session.id, record)
        control.confirm(session.id)

    def place_refusals(self, words: Mapping[str, str]) -> dict[str, str]:
        """`phones.<n>` is the n-th number that was typed."""
        return {self._field(name): why for name, why in words.items()}

    def _field(self, name: str) -> str:
        if not name.startswith("phones."):
            return name
        typed = [field for field in PHONES if self.form.field(field).value().strip()]
        return typed[int(name.partition(".")[2])]


def _from_call(session: Session | None) -> dict[str, str]:
    """What the telephone system says about the caller."""
    call = session.last_call if session else None
    if session is None or call is None or call.withheld:
        return {}
    found = session.identification
    shown = found.number.national if found and found.number.national else call.number
    return {"phone": shown, "tax_id": call.typed_tax_id, "name": ""}
