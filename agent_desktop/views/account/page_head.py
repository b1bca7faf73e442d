"""The head of the account page: who it is, verified or not, and the numbers people ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from agent_desktop.desk.background import Lane
from agent_desktop.errors import CentreUnreachable
from agent_desktop.models.account.record import AccountKind
from agent_desktop.models.store.working_set import Held
from agent_desktop.views.account.erp import lamp_state
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind, IconButton
from agent_desktop.views.widgets.field import MaskedValue
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.shapes import Lamp, PillText
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from uuid import UUID

    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.record import Account
    from agent_desktop.models.store.working_set import Standing
    from agent_desktop.views.kit.page import Context

translate = QCoreApplication.translate


class AccountHead(PageHead):
    """Name, pills, ERP lamp; account number, masked document, since when, protocol."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent, name="account.head")
        self._context = context
        self._account_id: UUID | None = None
        self.is_fetching = False
        self.lamp = Lamp()
        self.add_state(self.lamp)
        self.document = MaskedValue(name="account.document")
        self.document.reveal_requested.connect(self._on_reveal)
        self._masked = Text("", Role.SMALL, Tone.TEXT2, name="account.document.masked")
        self._since = Text("", Role.SMALL, Tone.TEXT2)
        self.protocol = Text("", Role.SMALLB, Tone.TEXT, tabular=True, selectable=True)
        self.protocol.setObjectName("account.protocol")
        self._copy = IconButton(
            "copy",
            self.tr("Copy protocol number"),
            key=self.tr("Ctrl+L"),
            name="account.protocol.copy",
            size=24,
        )
        self._copy.clicked.connect(self._on_copy)
        self.second.setSpacing(theme.px(4))
        self._standing = Text("", Role.SMALL, Tone.WARN, name="account.standing")
        self._standing.hide()
        for part in (
            self.document, self._masked, self._since, self.protocol, self._copy, self._standing,
        ):  # fmt: skip
            self.second.addWidget(part)
        self.new_ticket = Button(
            self.tr("New ticket"), ButtonKind.PRIMARY, icon_name="plus", name="account.new_ticket"
        )
        self.new_order = Button(
            self.tr("Service order"), icon_name="wrench", name="account.new_order"
        )
        self.add_button(self.new_ticket)
        self.add_button(self.new_order)

    def show_standing(self, standing: Standing) -> None:
        """Say when this account is not (or not all along) kept at this desk."""
        words = ""
        self.is_fetching = standing.held is Held.WANTED
        if standing.held is not Held.HELD:
            words = self.tr("Only what the directory knows; the rest comes from the centre")
        elif standing.fetched_at is not None:
            words = self.tr("From the centre, {0}").format(wording.moment(standing.fetched_at))
        self._standing.say(words)
        self._standing.setVisible(bool(words))

    def show_account(self, account: Account | None, session: Session | None) -> None:
        """Show an account; None while it is still being read."""
        self._show_protocol(session)
        if account is None:
            self.set_identity(self.tr("Loading"), icon_name="user")
            for part in (self.lamp, self.document, self._masked, self._since):
                part.hide()
            return
        self._account_id = account.id
        number = wording.account_label(wording.account_number(account.number))
        is_person = account.kind is not AccountKind.COMPANY
        self.set_identity(
            account.name,
            under=number,
            avatar=account.name,
            tone=Tone.ACCENT if is_person else Tone.VIOLET,
        )
        self.set_pills(self._states_of(account, session))
        asked = translate("AccountHead", "ERP asked {moment}")
        when = wording.moment(account.erp_checked_at)
        words = wording.erp_state(account.erp_state)
        self.lamp.set(lamp_state(account), words, asked.format(moment=when) if when else "")
        self.lamp.show()
        self._show_document(account, session)

    def _show_document(self, account: Account, session: Session | None) -> None:
        is_open = session is None or session.may_show_data
        kind = account.tax_id_kind.upper()
        masked = f"{kind} {account.tax_id_masked}" if account.tax_id_masked else ""
        self.document.set_masked(f"· {masked}" if masked else "")
        self._masked.say(f"· {masked}" if masked else "")
        self.document.setVisible(bool(masked) and is_open)
        self._masked.setVisible(bool(masked) and not is_open)
        since = account.customer_since
        words = self.tr("· Customer since {year}").format(year=since.year) if since else ""
        self._since.say(words)
        self._since.setVisible(bool(words))

    def _show_protocol(self, session: Session | None) -> None:
        interaction = session.interaction if session else None
        words = self.tr("· Protocol {number}")
        number = wording.protocol(interaction.protocol) if interaction else ""
        self.protocol.say(words.format(number=number) if number else "")
        self.protocol.setVisible(bool(number))
        self._copy.setVisible(bool(number))

    def _states_of(self, account: Account, session: Session | None) -> list[PillText]:
        pills = []
        if session is not None and session.calls:
            pills.append(self._verified(session))
        if account.segment.value:
            pills.append(PillText(wording.segment(account.segment)))
        if not account.active:
            pills.append(PillText(self.tr("Inactive account"), Tone.WARN, "ban"))
        if account.pending:
            pills.append(PillText(self.tr("Waiting to sync"), Tone.WARN, "cloud-upload"))
        if session is not None and session.acting_for:
            words = self.tr("{name} is calling").format(name=session.acting_for)
            pills.append(PillText(words, Tone.VIOLET, "user-round"))
        return pills

    def _verified(self, session: Session) -> PillText:
        count, needed = len(session.verified), session.verified_needed
        if session.is_verified:
            words = self.tr("Verified · {count} of {needed}")
            return PillText(words.format(count=count, needed=needed), Tone.OK, "shield-check")
        words = self.tr("Not verified · {count} of {needed}")
        return PillText(words.format(count=count, needed=needed), Tone.WARN, "shield-alert")

    def _on_copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        number = self.protocol.text().partition(" ")[2]
        digits = "".join(sign for sign in number if sign.isdigit())
        QGuiApplication.clipboard().setText(digits)
        self._context.desk.say("copied", text=wording.protocol(digits))

    def _on_reveal(self) -> None:
        """Ask the centre, which writes down who looked."""
        if self._account_id is not None:
            self._context.background.run_free(
                self._context.reveal, self._account_id, "tax_id"
            ).then(self._on_revealed, failed=self._on_not_revealed, lane=Lane.CENTRE)

    def _on_revealed(self, value: str) -> None:
        self.document.reveal(f"· {value}")

    def _on_not_revealed(self, error: Exception) -> None:
        offline = isinstance(error, CentreUnreachable)
        code = "reveal_needs_centre" if offline else "not_revealed"
        self._context.desk.say(code)
