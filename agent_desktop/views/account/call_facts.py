"""From the call: what the telephone system says about who is calling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.fact_rows import FactLine, FactRows
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.telephony.call import Call


class CallFactsBlock(Block):
    """Caller, dialled number, queue, voice menu, typed document, time waited, protocol."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("call", "", "phone-incoming", parent)
        self.set_title(self.tr("From the call"))
        self.facts = FactRows(self, name="call.facts", label_width=112)
        self.body.addWidget(self.facts)

    def show_session(self, session: Session | None) -> None:
        """Show the newest call of the session."""
        call = session.last_call if session else None
        if session is None or call is None:
            self.facts.set_facts(())
            return
        protocol = session.interaction.protocol if session.interaction else ""
        self.facts.set_facts(
            (
                FactLine(self.tr("Caller"), self._caller(call, session)),
                FactLine(self.tr("Dialled"), wording.phone(call.dialled)),
                FactLine(self.tr("Queue"), call.queue),
                FactLine(self.tr("Menu path"), call.menu_path),
                FactLine(self.tr("Document typed"), wording.masked_tax_id(call.typed_tax_id)),
                FactLine(
                    self.tr("Waited"),
                    wording.duration(call.waited_seconds) if call.waited_seconds else "",
                ),
                FactLine(self.tr("Protocol"), wording.protocol(protocol)),
            )
        )

    def _caller(self, call: Call, session: Session) -> str:
        if call.withheld or not call.number:
            return self.tr("number withheld")
        found = session.identification
        return found.number.national if found and found.number.national else call.number
