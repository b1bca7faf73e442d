"""The records of the other named customers beyond their home: numbers, people, work."""

from __future__ import annotations

from agent_desktop.demo import callers
from agent_desktop.demo.callers import NamedCustomer
from agent_desktop.demo.catalogue import BILLING, QUALITY, REGISTRATION, SERVICE
from agent_desktop.demo.chance import IdKind, id_number
from agent_desktop.demo.handwritten_rows import HandwrittenRows
from agent_desktop.demo.records_marina import write_talk
from agent_desktop.demo.row_format import DAY, HOUR, MINUTE
from agent_desktop.demo.staff import BRUNO, DENISE, RITA, Agent

_UNTIL_2022 = 738_306  # 2022-05-31
_SINCE_2012 = 734_503  # 2012-01-01


def write_supporting_cast(book: HandwrittenRows) -> None:
    """Everybody but Marina."""
    _write_padaria(book)
    _write_olga(book)
    _write_nogueiras(book)
    _number(book, callers.MARINA_TRAVASSOS, "11 99120.7733")
    _number(book, callers.CARLOS, "(019) 99224-5566")
    _write_move_out(book)
    _number(book, callers.SEBASTIAO, "+55 15 99712-3344")
    write_talk(book, callers.SEBASTIAO.index, 0, "call", BRUNO, book.ago(days=1_300), "move.out",
               "Farm sold, contract ended", number=callers.SEBASTIAO.phone)  # fmt: skip
    _write_antonia(book)


def _number(
    book: HandwrittenRows, role: NamedCustomer, written: str, kind: str = "mobile", **more: object
) -> None:
    """The role's own number; preferred unless told otherwise."""
    values: dict[str, object] = {
        "e164": int(role.phone[1:]), "preferred": True, "valid_from": _SINCE_2012, **more,
    }  # fmt: skip
    book.add("phone", role.index, written=written, kind=kind, **values)


def _write_padaria(book: HandwrittenRows) -> None:
    role, index = callers.PADARIA, callers.PADARIA.index
    manager = book.add("contact", index, name="Estela Nunes", relation="manager", authorised=True,
                       email="estela@padariaestrela.example")  # fmt: skip
    book.add("contact", index, name="Nogueira Contabilidade ME", relation="accountant",
             email="escritorio@nogueira.example")  # fmt: skip
    _number(book, role, "(11) 3222-9000/9001", "work")
    _number(book, role, "0xx11 3222-9000 r. 12", "work", extension="12", preferred=False,
            contact_id=manager)  # fmt: skip
    # Marina's number belonged to the bakery's courier until 2022.
    book.add("phone", index, written="(11) 98765-4321", e164=5511987654321, kind="mobile",
             valid_from=_SINCE_2012, valid_until=_UNTIL_2022)  # fmt: skip
    talk = write_talk(book, index, 0, "call", RITA, book.ago(minutes=96), "move.owner",
                      "Papers for the transfer of the shop next door",
                      number=role.phone)  # fmt: skip
    _ticket(book, role, "TK-20401", "Ownership transfer, papers to be checked", "request",
            "contract.transfer", RITA, book.ago(hours=20), 30 * HOUR,
            team_id=REGISTRATION.id_number, interaction_id=talk)  # fmt: skip


def _write_olga(book: HandwrittenRows) -> None:
    role, index = callers.OLGA, callers.OLGA.index
    son = book.add("contact", index, name="Павел Петров", relation="family", authorised=True,
                   email="pavel.petrov@posta.example")  # fmt: skip
    _number(book, role, "моб. +55 15 99144-88-20")
    book.add("phone", index, contact_id=son, written="+7 (921) 640-18-35", e164=79216401835,
             kind="mobile", valid_from=_UNTIL_2022)  # fmt: skip
    talk = write_talk(book, index, 0, "email", BRUNO, book.ago(days=1), "complaint.voltage",
                      "Жалоба: вечером мигает свет, холодильник отключается")  # fmt: skip
    _ticket(book, role, "TK-20395", "Жалоба: низкое напряжение по вечерам", "complaint",
            "complaint.voltage", RITA, book.ago(days=1), 4 * DAY,
            complaint_type="complaint.voltage",
            description="Вечером мигает свет, холодильник отключается. Просит измерение.",
            team_id=QUALITY.id_number, interaction_id=talk)  # fmt: skip


def _write_nogueiras(book: HandwrittenRows) -> None:
    """One fixed line, three accounts: mother, son, and the son's office."""
    for role, written in zip(
        callers.SHARING, ("3251-4477", "11 3251 4477", "+55 11 3251-4477"), strict=True
    ):
        kind = "work" if role is callers.NOGUEIRA_CONTABILIDADE else "home"
        _number(book, role, f"(11) {written}" if len(written) == 9 else written, kind)
    pedro = callers.PEDRO_NOGUEIRA
    book.add("phone", pedro.index, written="+55 11 8822-6610", e164=5511988226610, kind="mobile",
             valid_from=_SINCE_2012)  # fmt: skip
    book.add("contact", callers.NOGUEIRA_CONTABILIDADE.index, name=pedro.name, relation="manager",
             authorised=True, email="pedro.nogueira@correio.example")  # fmt: skip
    ticket = _ticket(book, pedro, "TK-20388", "Payment not booked", "demand", "billing.payment",
                     DENISE, book.ago(hours=30), 18 * HOUR, level=2,
                     team_id=BILLING.id_number)  # fmt: skip
    book.add("ticket_note", pedro.index, ticket_id=ticket, kind="escalated", internal=True,
             author=RITA.name, text="Proof of payment is attached, the bank has it booked.",
             written_at=book.ago(hours=29))  # fmt: skip


def _write_move_out(book: HandwrittenRows) -> None:
    talk = write_talk(book, callers.CARLOS.index, 0, "email", BRUNO, book.ago(hours=3), "move.out",
                      "Moves out at the end of the month")  # fmt: skip
    _ticket(book, callers.CARLOS, "TK-20409", "Move-out at the end of the month", "request",
            "contract.termination", RITA, book.ago(hours=2), 348 * MINUTE,
            interaction_id=talk)  # fmt: skip


def _write_antonia(book: HandwrittenRows) -> None:
    role, index = callers.ANTONIA, callers.ANTONIA.index
    daughter = book.add("contact", index, name="Célia Ribeiro", relation="family",
                        authorised=True, email="celia.ribeiro@caixa.example")  # fmt: skip
    _number(book, role, "(11) 98822-1100 recado com a Célia")
    book.add("phone", index, contact_id=daughter, written="11 98822 1101", e164=5511988221101,
             kind="mobile", valid_from=_SINCE_2012)  # fmt: skip
    write_talk(book, index, 0, "call", BRUNO, book.ago(days=210), "data.life_support",
               "Life support registered, certificate received", number=role.phone)  # fmt: skip


def _ticket(
    book: HandwrittenRows,
    role: NamedCustomer,
    number: str,
    subject: str,
    kind: str,
    category: str,
    agent: Agent,
    created: int,
    left: int,
    **more: object,
) -> int:
    """An open ticket in work with `left` microseconds on its clock; returns its id."""
    values: dict[str, object] = {
        "number": number, "unit_id": id_number(IdKind.UNIT, role.index), "kind": kind,
        "subject": subject, "description": f"{subject}.", "category": category,
        "priority": "normal", "status": "in_work", "level": 1, "team_id": SERVICE.id_number,
        "assignee_id": agent.id_number, "assignee_name": agent.name, "created_at": created,
        "created_by": RITA.name, "response_due_at": created + 4 * HOUR,
        "responded_at": created + 40 * MINUTE, "due_at": book.setting.now + left,
        "updated_at": created + HOUR, "updated_by": agent.name,
    }  # fmt: skip
    ticket = book.add("ticket", role.index, **{**values, **more})
    book.add("ticket_note", role.index, ticket_id=ticket, kind="note", author=RITA.name,
             text=f"{subject}.", written_at=created)  # fmt: skip
    return ticket
