"""Marina Albuquerque's records: the customer in the pictures of the design."""

from __future__ import annotations

from agent_desktop.demo.call_topics import TALKS
from agent_desktop.demo.callers import MARINA
from agent_desktop.demo.catalogue import FIELD, PRODUCTS, QUALITY, SERVICE
from agent_desktop.demo.chance import Deck, IdKind, dice, id_number
from agent_desktop.demo.conversations import FIRST_CAST_PROTOCOL, protocol
from agent_desktop.demo.handwritten_rows import HandwrittenRows
from agent_desktop.demo.row_format import DAY, HOUR, MINUTE, SITE_OFFSET, local_ordinal
from agent_desktop.demo.staff import BRUNO, PAULO, RITA, Agent

INTERACTIONS = 27
_M = MARINA.index
_UNIT = id_number(IdKind.UNIT, _M)
_METER = id_number(IdKind.METER, _M)


def write_marina(book: HandwrittenRows) -> None:
    """Contacts, numbers, second meter, four open tickets, two orders, 27 interactions."""
    _write_people(book)
    _write_installed_base(book)
    report = _write_interactions(book)
    _write_outage_ticket(book, report)
    replaced = _write_other_tickets(book)
    _write_meter_order(book, replaced)
    _write_load_order(book)


def _write_people(book: HandwrittenRows) -> None:
    book.add("contact", _M, name=MARINA.name, relation="holder", authorised=True,
             email="marina.a@correio.example")  # fmt: skip
    joao = book.add("contact", _M, name="João Albuquerque", relation="authorised",
                    authorised=True, email="joao.albuquerque@correio.example")  # fmt: skip
    landlord = book.add("contact", _M, name="Imobiliária Central", relation="landlord",
                        email="locacao@imobiliariacentral.example")  # fmt: skip
    since = book.setting.today - 1_200
    mobile = {"e164": 5511987654321, "kind": "mobile", "valid_from": since}
    book.add("phone", _M, written="(11) 98765-4321", preferred=True, **mobile)
    book.add("phone", _M, contact_id=joao, written="+55 11 98765-4321", **mobile)
    book.add("phone", _M, written="0xx11 3222-7150", e164=551132227150, kind="home",
             valid_from=since)  # fmt: skip
    book.add("phone", _M, contact_id=landlord, written="(11) 3222-6400 r. 12",
             e164=551132226400, extension="12", kind="work", valid_from=since,
             do_not_call=True, do_not_call_reason="Only in writing, said on the telephone",
             do_not_call_on=book.setting.today - 90)  # fmt: skip
    book.add("fact", _M, contact_id=joao, kind="birth_on",
             digest=book.setting.digest("birth_on", "1984-11-02"))  # fmt: skip


def _write_installed_base(book: HandwrittenRows) -> None:
    today = book.setting.today
    book.add("meter", _M, unit_id=_UNIT, serial="SX5-0091273",
             model="Solar inverter SX-5, 5.2 kW", phases=1, installed_on=today - 410,
             warranty_until=today + 5 * 365)  # fmt: skip
    book.add("contract", _M, unit_id=_UNIT, number="55-417", tariff="Microgeneration 5.2 kW",
             state="active", starts_on=today - 400, ends_on=today + 1_400,
             sla_hours=24)  # fmt: skip


def _clock(at: int) -> str:
    """Hours and minutes at the site."""
    minutes = (at + SITE_OFFSET) % DAY // MINUTE
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _write_outage_ticket(book: HandwrittenRows, report: int) -> None:
    began, created = book.ago(minutes=259), book.ago(minutes=252)
    due = book.setting.now + 41 * MINUTE
    ticket = book.add(
        "ticket", _M, number="TK-20418", unit_id=_UNIT,
        outage_id=id_number(IdKind.OUTAGE, 0), interaction_id=report, kind="complaint",
        complaint_type="complaint.interruption",
        subject=f"No supply since {_clock(began)}, whole street",
        description="Everything is dark, the whole street. Mother is on an oxygen machine.",
        category="outage.feeder", priority="very_high", status="in_work", level=2,
        team_id=FIELD.id_number, assignee_id=PAULO.id_number, assignee_name=PAULO.name,
        created_at=created, created_by=RITA.name, response_due_at=created + 30 * MINUTE,
        responded_at=created + 4 * MINUTE, due_at=due, updated_at=book.ago(minutes=109),
        updated_by=PAULO.name,
    )  # fmt: skip
    _note(book, ticket, "note", MARINA.name, 252,
          "Everything is dark, the whole street. My mother is on an oxygen machine.")  # fmt: skip
    _note(book, ticket, "escalated", RITA.name, 247,
          "Feeder OSA-12 shows 214 customers off. Life support on site, asking priority. "
          "Hand-over: address checked, meter checked, breaker on.", internal=True)  # fmt: skip
    _note(book, ticket, "accepted", PAULO.name, 241, "", internal=True)
    back = _clock(book.setting.now + 31 * MINUTE)
    _note(book, ticket, "reply", PAULO.name, 109,
          f"Crew on site since {_clock(book.ago(minutes=124))}. Broken insulator, supply back "
          f"about {back}. Please send the customer an SMS.")  # fmt: skip


def _note(
    book: HandwrittenRows,
    ticket: int,
    kind: str,
    author: str,
    minutes: int,
    text: str,
    *,
    internal: bool = False,
) -> None:
    book.add("ticket_note", _M, ticket_id=ticket, kind=kind, internal=internal, author=author,
             text=text, written_at=book.ago(minutes=minutes))  # fmt: skip


def _write_other_tickets(book: HandwrittenRows) -> int:
    """Three more open tickets, and the closed one that led to the meter's replacement."""
    now = book.setting.now
    _ticket(book, "TK-20377", "Bill higher than average", "demand", "billing.amount",
            "in_work", book.ago(minutes=288), now + 192 * MINUTE)  # fmt: skip
    _ticket(book, "TK-20290", "Move data to new holder", "request", "contract.transfer",
            "waiting", book.ago(days=2), now + 26 * HOUR,
            paused_at=book.ago(hours=20))  # fmt: skip
    _ticket(book, "TK-20112", "Regulated complaint: voltage", "complaint", "complaint.voltage",
            "in_work", book.ago(days=1, hours=4), now + 4 * DAY + 2 * HOUR,
            complaint_type="complaint.voltage", team_id=QUALITY.id_number)  # fmt: skip
    return _ticket(
        book, "TK-20341", "Meter display stays dark", "request", "meter.replace", "closed",
        book.ago(days=4), book.ago(days=1), resolved_at=book.ago(days=2),
        solution="Meter is defective, replacement ordered.",
    )  # fmt: skip


def _ticket(
    book: HandwrittenRows,
    number: str,
    subject: str,
    kind: str,
    category: str,
    status: str,
    created: int,
    due: int,
    **more: object,
) -> int:
    values: dict[str, object] = {
        "number": number, "unit_id": _UNIT, "kind": kind, "subject": subject,
        "description": f"{subject}. Told by telephone.", "category": category,
        "priority": "normal", "status": status, "level": 1, "team_id": SERVICE.id_number,
        "assignee_id": RITA.id_number, "assignee_name": RITA.name, "created_at": created,
        "created_by": RITA.name, "response_due_at": created + 2 * HOUR,
        "responded_at": created + 20 * MINUTE, "due_at": due,
        "updated_at": created + 30 * MINUTE, "updated_by": RITA.name,
    }  # fmt: skip
    ticket = book.add("ticket", _M, **{**values, **more})
    book.add("ticket_note", _M, ticket_id=ticket, kind="note", author=RITA.name,
             text=f"{subject}. Told by telephone.", written_at=created)  # fmt: skip
    return ticket


def _write_meter_order(book: HandwrittenRows, ticket: int) -> None:
    window = (book.setting.now + 3 * HOUR) // HOUR * HOUR
    order = book.add(
        "service_order", _M, number="SO-7741", unit_id=_UNIT, meter_id=_METER, ticket_id=ticket,
        title="Replace meter, three-phase", state="dispatched",
        note="Contract 55-901: labour covered, parts charged.",
        crew="Luiz Ferreira · meter crew 7", window_from=window, window_until=window + 2 * HOUR,
        due_at=book.setting.now + 27 * HOUR, created_at=book.ago(days=3), created_by=RITA.name,
        updated_at=book.ago(minutes=148), updated_by=PAULO.name,
    )  # fmt: skip
    _items(book, order, ("MTR-3F", 1_000, "charged"), ("LAB-MTR", 1_500, "contract"),
           ("SEAL", 1_000, "warranty"), ("TRAVEL-2", 1_000, "charged"))  # fmt: skip
    _event(book, order, "quotation", "Quotation told by telephone", book.ago(days=3))
    _event(book, order, "order", "Quotation accepted by telephone",
           book.ago(days=2, hours=22))  # fmt: skip
    _event(book, order, "dispatched", "Dispatched to crew 7, by skill and zone",
           book.ago(minutes=148))  # fmt: skip


def _write_load_order(book: HandwrittenRows) -> None:
    order = book.add(
        "service_order", _M, number="SO-7702", unit_id=_UNIT, title="Load change 5 → 12 kW",
        state="quotation", due_at=book.setting.now + 6 * DAY, created_at=book.ago(days=5),
        created_by=BRUNO.name, updated_at=book.ago(days=5), updated_by=BRUNO.name,
    )  # fmt: skip
    # Together R$ 1,280.00, as the quotation says.
    _items(book, order, ("LOAD-CHANGE", 1_000, "charged"), ("LOAD-STUDY", 1_000, "charged"),
           ("LAB-MTR", 1_500, "charged"))  # fmt: skip
    _event(book, order, "quotation", "Quotation sent by e-mail", book.ago(days=5))


def _items(book: HandwrittenRows, order: int, *items: tuple[str, int, str]) -> None:
    for n, (code, quantity, charge) in enumerate(items, start=1):
        product = PRODUCTS[code]
        book.add("order_item", _M, order_id=order, position=10 * n, kind=product.kind,
                 product_code=code, name=product.name, quantity_milli=quantity,
                 unit_price_cents=product.unit_price_cents, charge=charge)  # fmt: skip


def _event(book: HandwrittenRows, order: int, state: str, text: str, at: int) -> None:
    book.add("order_event", _M, order_id=order, state=state, author=RITA.name, text=text,
             happened_at=at)  # fmt: skip


def _write_interactions(book: HandwrittenRows) -> int:
    """27 contacts over the years; returns the id of this morning's call about the outage."""
    number = MARINA.phone
    report = write_talk(book, _M, 0, "call", RITA, book.ago(minutes=253), "outage.reported",
                        "No supply, mother on an oxygen machine", number=number)  # fmt: skip
    write_talk(book, _M, 1, "note", PAULO, book.ago(minutes=109), "status.ticket",
               "TK-20418: feeder OSA-12 under repair, crew on site")  # fmt: skip
    write_talk(book, _M, 2, "email", BRUNO, book.ago(days=1, minutes=75), "bill.copy",
               "Asked for a copy of the September bill. Sent.")  # fmt: skip
    write_talk(book, _M, 3, "call", RITA, book.ago(days=4), "meter.replace",
               "Meter display stays dark", number=number)  # fmt: skip
    write_talk(book, _M, 4, "note", PAULO, book.ago(days=9), "status.order",
               "Inverter connected, signed by customer")  # fmt: skip
    write_talk(book, _M, 5, "email", BRUNO, book.ago(days=19), "other.info",
               "Campaign: green tariff. Opened, no reply.", direction="outbound")  # fmt: skip
    chance = dice(Deck.INTERACTION, _M)
    for n in range(6, INTERACTIONS):
        summary, _, reason = TALKS[chance[n]]
        channel = ("call", "call", "email", "chat")[chance[n + 30] % 4]
        write_talk(book, _M, n, channel, (RITA, BRUNO)[n % 2], book.ago(days=19 + (n - 5) * 53),
                   reason, summary, number=number if channel == "call" else "")  # fmt: skip
    return report


def write_talk(
    book: HandwrittenRows,
    index: int,
    n: int,
    channel: str,
    agent: Agent,
    at: int,
    reason: str,
    summary: str,
    *,
    number: str = "",
    direction: str = "inbound",
) -> int:
    """One finished contact of a role, with its call if it was one; returns its id."""
    spoke = channel == "call"
    sequence = FIRST_CAST_PROTOCOL + index * 100 + n
    contact = book.add(
        "interaction", index, protocol=protocol(local_ordinal(at), sequence),
        agent_id=agent.id_number, agent_name=agent.name, channel=channel, direction=direction,
        number=number, queue="General" if spoke else "", dialled="08007270120" if spoke else "",
        started_at=at, ended_at=at + 5 * MINUTE, status="finished", reason=reason,
        summary=summary, verified_count=2 if spoke else 0, verified_needed=2 if spoke else 0,
    )  # fmt: skip
    if spoke:
        book.add("interaction_call", index, interaction_id=contact, agent_id=agent.id_number,
                 pbx_call_id=f"pbx-{sequence}", direction=direction, number=number,
                 codec="PCMA", jitter_ms=3.5, delay_ms=26.0, mos=4.3, started_at=at,
                 answered_at=at + MINUTE // 6, ended_at=at + 4 * MINUTE,
                 end_reason="hung_up_there")  # fmt: skip
    return contact
