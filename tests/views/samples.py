"""The people and papers of the design's pictures, as frozen records.

Everything hangs on Marina Albuquerque, who calls on 21 November at ten in the morning because
her whole street is dark, while her mother needs an oxygen machine.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from agent_desktop.desk.session import Session
from agent_desktop.models.account.alerts import alerts
from agent_desktop.models.account.caller import (
    Candidate,
    Identification,
    MatchReason,
    Rank,
    SecurityQuestion,
)
from agent_desktop.models.account.record import (
    Account,
    AccountKind,
    Contact,
    ErpState,
    FactKind,
    Phone,
    PhoneKind,
    Relation,
    Segment,
)
from agent_desktop.models.account.values import Glance, Overview
from agent_desktop.models.agent.record import AgentRow, Team
from agent_desktop.models.installed_base.record import Contract, Invoice, Meter, Outage, Unit
from agent_desktop.models.interaction.call_log import LoggedCall
from agent_desktop.models.interaction.record import (
    Channel,
    Interaction,
    InteractionCall,
    InteractionDirection,
    InteractionStatus,
)
from agent_desktop.models.rules.number_meaning import PhoneNumber
from agent_desktop.models.rules.sla import Clock
from agent_desktop.models.service_order.record import (
    Charge,
    OrderEvent,
    OrderItem,
    OrderState,
    ServiceOrder,
)
from agent_desktop.models.service_order.values import ServiceOrderView, Totals
from agent_desktop.models.site.record import CodeEntry, ItemKind, ListName, Product
from agent_desktop.models.ticket.record import (
    NoteKind,
    Priority,
    Ticket,
    TicketKind,
    TicketNote,
    TicketStatus,
)
from agent_desktop.models.ticket.values import TicketClocks, TicketView
from agent_desktop.models.work.values import HomeFigures, WorkItem, WorkKind
from agent_desktop.telephony.call import Call, CallState, Direction


def number_id(number: int) -> UUID:
    """A readable id: the same number is always the same record."""
    return UUID(int=number)


#: The moment the pictures were taken; clocks are counted from the real now, so that they tick.
NOW = datetime.now(UTC)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def ahead(**parts: float) -> datetime:
    return NOW + timedelta(**parts)


RITA = AgentRow(id=number_id(900), user_name="rita", name="Rita Souza", extension="4102")
FIELD_TEAM = Team(id=number_id(910), code="field", name="Field operations", level=2)
METER_TEAM = Team(id=number_id(911), code="meter", name="Metering", level=2)

MARINA = Account(
    id=number_id(1),
    number="100482913",
    kind=AccountKind.PERSON,
    name="Marina Albuquerque",
    tax_id_kind="cpf",
    tax_id_masked="•••.456.789-••",
    segment=Segment.RESIDENTIAL,
    email="marina.a@correio.example",
    street="R. das Acácias",
    house="218",
    city="Osasco",
    state_code="SP",
    postcode="06010000",
    life_support=True,
    erp_state=ErpState.ACTIVE,
    erp_checked_at=ago(hours=8),
    customer_since=date(2014, 3, 1),
    updated_at=ago(days=3),
    updated_by="Paulo Reis",
)
BAKERY = Account(
    id=number_id(2),
    number="200118004",
    kind=AccountKind.COMPANY,
    name="Padaria Estrela Ltda",
    tax_id_kind="cnpj",
    tax_id_masked="12.•••.•••/0001-••",
    segment=Segment.COMMERCIAL,
    city="Osasco",
    erp_state=ErpState.INACTIVE,
    customer_since=date(2018, 5, 1),
)
JOAO = Contact(
    id=number_id(11),
    account_id=MARINA.id,
    name="João Albuquerque",
    relation=Relation.AUTHORISED,
    authorised=True,
)
CONTACTS = (
    Contact(
        id=number_id(10),
        account_id=MARINA.id,
        name="Marina Albuquerque",
        relation=Relation.HOLDER,
        authorised=True,
        email=MARINA.email,
    ),
    JOAO,
    Contact(
        id=number_id(12),
        account_id=MARINA.id,
        name="Imobiliária Central",
        relation=Relation.LANDLORD,
    ),
)
PHONES = (
    Phone(
        id=number_id(20),
        account_id=MARINA.id,
        contact_id=CONTACTS[0].id,
        written="+55 11 98765-4321",
        e164=5511987654321,
        kind=PhoneKind.MOBILE,
        preferred=True,
    ),
    Phone(
        id=number_id(21),
        account_id=MARINA.id,
        contact_id=JOAO.id,
        written="(11) 3222-9000",
        e164=551132229000,
        kind=PhoneKind.WORK,
    ),
)
UNIT = Unit(
    id=number_id(30),
    account_id=MARINA.id,
    number="7001234567",
    street="R. das Acácias",
    house="218",
    city="Osasco",
    state_code="SP",
    life_support=True,
    feeder="OSA-12",
)
METER = Meter(
    id=number_id(31),
    account_id=MARINA.id,
    unit_id=UNIT.id,
    serial="ELS-77120443",
    model="ELS-3F",
    phases=3,
    installed_on=date(2019, 4, 2),
    warranty_until=date(2024, 4, 2),
)
SECOND_METER = Meter(
    id=number_id(32),
    account_id=MARINA.id,
    unit_id=UNIT.id,
    serial="SX-5-20210077",
    model="Solar inverter SX-5",
    phases=1,
    installed_on=date(2023, 8, 10),
    warranty_until=date(2033, 8, 10),
)
CONTRACT = Contract(
    id=number_id(33),
    account_id=MARINA.id,
    unit_id=UNIT.id,
    number="55-901",
    tariff="B1 residential",
    state="active",
    starts_on=date(2014, 3, 1),
    ends_on=date(2027, 12, 31),
    sla_hours=8,
)
INVOICE = Invoice(
    id=number_id(34),
    account_id=MARINA.id,
    number="2026-10-88123",
    amount_cents=21437,
    due_on=(NOW - timedelta(days=6)).date(),
)
OUTAGE = Outage(
    id=number_id(35),
    code="OSA-12",
    feeder="OSA-12",
    city="Osasco",
    started_at=ago(hours=3, minutes=20),
    forecast_at=ahead(hours=1, minutes=30),
    customers=214,
)


def _ticket(number: int, subject: str, status: TicketStatus, **more: object) -> Ticket:
    base = Ticket(
        id=number_id(40_000 + number),
        number=f"TK-{number}",
        account_id=MARINA.id,
        unit_id=UNIT.id,
        subject=subject,
        status=status,
        created_by="Rita Souza",
    )
    return replace(base, **more)  # type: ignore[arg-type]


TICKET = _ticket(
    20418,
    "No supply since 06:40, whole street",
    TicketStatus.IN_WORK,
    level=2,
    kind=TicketKind.COMPLAINT,
    complaint_type="interruption",
    category="outage.feeder",
    priority=Priority.VERY_HIGH,
    outage_id=OUTAGE.id,
    team_id=FIELD_TEAM.id,
    assignee_name="Paulo Reis",
    description="Everything is dark since twenty to seven, the whole street.",
    created_at=ago(hours=3, minutes=12),
    responded_at=ago(hours=3, minutes=8),
    response_due_at=ago(hours=2),
    due_at=ahead(minutes=41),
)
TICKETS = (
    TICKET,
    _ticket(
        20377,
        "Bill higher than average",
        TicketStatus.IN_WORK,
        category="bill.amount",
        created_at=ago(hours=4, minutes=30),
        due_at=ahead(hours=3, minutes=12),
    ),
    _ticket(
        20290,
        "Move data to new holder",
        TicketStatus.WAITING,
        category="data.holder",
        created_at=ago(days=2),
        due_at=ahead(days=1),
        paused_at=ago(hours=5),
    ),
    _ticket(
        20112,
        "Regulated complaint: voltage",
        TicketStatus.IN_WORK,
        kind=TicketKind.COMPLAINT,
        category="quality.voltage",
        created_at=ago(days=1, hours=4),
        due_at=ahead(days=4, hours=2),
    ),
)
NOTES = (
    TicketNote(
        id=number_id(51),
        ticket_id=TICKET.id,
        account_id=MARINA.id,
        kind=NoteKind.NOTE,
        author="Marina Albuquerque",
        text="Everything is dark since twenty to seven, the whole street. "
        "My mother is on an oxygen machine.",
        written_at=ago(hours=3, minutes=12),
    ),
    TicketNote(
        id=number_id(52),
        ticket_id=TICKET.id,
        account_id=MARINA.id,
        kind=NoteKind.HANDOVER,
        internal=True,
        author="Rita Souza",
        text="Feeder OSA-12 shows 214 customers off. Life support on site, asking priority. "
        "Hand-over: address checked, meter checked, breaker on.",
        written_at=ago(hours=3, minutes=7),
    ),
    TicketNote(
        id=number_id(53),
        ticket_id=TICKET.id,
        account_id=MARINA.id,
        kind=NoteKind.ACCEPTED,
        internal=True,
        author="Paulo Reis",
        written_at=ago(hours=3, minutes=1),
    ),
    TicketNote(
        id=number_id(54),
        ticket_id=TICKET.id,
        account_id=MARINA.id,
        kind=NoteKind.REPLY,
        author="Paulo Reis",
        text="Crew on site since 08:55. Broken insulator, supply back about 11:30. "
        "Please send the customer an SMS.",
        written_at=ago(minutes=49),
    ),
)
ORDER = ServiceOrder(
    id=number_id(60),
    number="SO-7741",
    account_id=MARINA.id,
    unit_id=UNIT.id,
    meter_id=METER.id,
    ticket_id=TICKET.id,
    title="Replace meter, three-phase",
    state=OrderState.DISPATCHED,
    crew="Meter crew 7",
    window_from=ahead(hours=4),
    window_until=ahead(hours=6),
    due_at=ahead(days=1, hours=3),
    created_at=ago(days=3),
    created_by="Rita Souza",
)
ORDERS = (
    ORDER,
    ServiceOrder(
        id=number_id(61),
        number="SO-7702",
        account_id=MARINA.id,
        title="Load change 5 → 12 kW",
        state=OrderState.QUOTATION,
        created_at=ago(days=5),
        created_by="Rita Souza",
    ),
)


def _item(position: int, name: str, kind: ItemKind, milli: int, cents: int, charge: Charge):  # type: ignore[no-untyped-def]
    return OrderItem(
        id=number_id(70 + position),
        order_id=ORDER.id,
        account_id=MARINA.id,
        position=position,
        kind=kind,
        product_code=f"P{position}",
        name=name,
        quantity_milli=milli,
        unit_price_cents=cents,
        charge=charge,
    )


ITEMS = (
    _item(10, "Meter three-phase ELS-3F, 100 A", ItemKind.PART, 1000, 48600, Charge.CHARGED),
    _item(20, "Labour, meter technician", ItemKind.TIME, 1500, 12000, Charge.CONTRACT),
    _item(30, "Seal and label kit", ItemKind.PART, 1000, 1840, Charge.WARRANTY),
    _item(40, "Travel, zone 2", ItemKind.TRAVEL, 1000, 3500, Charge.CHARGED),
)
EVENTS = (
    OrderEvent(
        id=number_id(81),
        order_id=ORDER.id,
        account_id=MARINA.id,
        state=OrderState.QUOTATION,
        author="Rita Souza",
        text="",
        happened_at=ago(days=3, hours=1),
    ),
    OrderEvent(
        id=number_id(82),
        order_id=ORDER.id,
        account_id=MARINA.id,
        state=OrderState.ORDER,
        author="Rita Souza",
        text="Quotation accepted by phone",
        happened_at=ago(days=3),
    ),
    OrderEvent(
        id=number_id(83),
        order_id=ORDER.id,
        account_id=MARINA.id,
        state=OrderState.DISPATCHED,
        author="Paulo Reis",
        text="Dispatched to meter crew 7, by skill and zone",
        happened_at=ago(hours=1, minutes=30),
    ),
)
PRODUCTS = (
    Product(
        id=number_id(91),
        code="M-3F",
        name="Meter three-phase ELS-3F, 100 A",
        kind=ItemKind.PART,
        measure="pc",
        unit_price_cents=48600,
    ),
    Product(
        id=number_id(92),
        code="L-MT",
        name="Labour, meter technician",
        kind=ItemKind.TIME,
        measure="h",
        unit_price_cents=12000,
    ),
    Product(
        id=number_id(93),
        code="K-SL",
        name="Seal and label kit",
        kind=ItemKind.PART,
        measure="pc",
        unit_price_cents=1840,
    ),
    Product(
        id=number_id(94),
        code="T-Z2",
        name="Travel, zone 2",
        kind=ItemKind.TRAVEL,
        measure="pc",
        unit_price_cents=3500,
    ),
)
CATEGORIES = (
    CodeEntry(
        id=number_id(95),
        list=ListName.CATEGORY,
        code="outage",
        parent_code="",
        name_en="Outage",
        name_pt="Falta de energia",
        name_ru="Авария",
    ),
    CodeEntry(
        id=number_id(96),
        list=ListName.CATEGORY,
        code="outage.feeder",
        parent_code="outage",
        name_en="Outage › Feeder",
        name_pt="Falta de energia › Alimentador",
        name_ru="Авария › Фидер",
    ),
    CodeEntry(
        id=number_id(97),
        list=ListName.CATEGORY,
        code="bill.amount",
        parent_code="bill",
        name_en="Bill amount",
        name_pt="Valor",
        name_ru="Счёт",
    ),
)
INTERACTION = Interaction(
    id=number_id(100),
    protocol="2026112100048127",
    account_id=MARINA.id,
    agent_name="Rita Souza",
    number="+5511987654321",
    queue="Outages",
    dialled="08007270120",
    started_at=ago(minutes=4, seconds=12),
    notes="Whole street dark since 06:40. Elderly mother uses oxygen at home, "
    "wants an SMS when the crew",
)
CALL = Call(
    "call-1",
    Direction.INBOUND,
    CallState.TALKING,
    "+5511987654321",
    ago(minutes=5),
    display_name="M ALBUQUERQUE",
    queue="Outages",
    dialled="0800 727 0120",
    menu_path="2 > 1",
    typed_tax_id="12345678909",
    waited_seconds=67,
    answered_at=ago(minutes=4, seconds=12),
    encrypted=True,
)
SESSION = Session(
    "s1",
    ago(minutes=5),
    interaction=INTERACTION,
    account=MARINA,
    confirmed=True,
    calls=(CALL,),
    verified=frozenset({"birth_on", "last_bill"}),
)
EARLIER = (
    Interaction(
        id=number_id(101),
        protocol="2026112000041220",
        account_id=MARINA.id,
        agent_name="Paulo Reis",
        channel=Channel.EMAIL,
        direction=InteractionDirection.INBOUND,
        started_at=ago(days=1, hours=1),
        ended_at=ago(days=1),
        status=InteractionStatus.FINISHED,
        summary="Asked for a copy of the September bill. Sent.",
    ),
    Interaction(
        id=number_id(102),
        protocol="2026111200039044",
        account_id=MARINA.id,
        agent_name="Rita Souza",
        started_at=ago(days=9),
        ended_at=ago(days=9),
        status=InteractionStatus.FINISHED,
        queue="Billing",
        summary="Inverter connected, signed by customer.",
    ),
    Interaction(
        id=number_id(103),
        protocol="2026110200031417",
        account_id=MARINA.id,
        agent_name="Campaigns",
        channel=Channel.CHAT,
        direction=InteractionDirection.OUTBOUND,
        started_at=ago(days=19),
        ended_at=ago(days=19),
        status=InteractionStatus.FINISHED,
        summary="Green tariff offered, no reply.",
    ),
)
ALERTS = alerts(
    MARINA,
    (UNIT,),
    (OUTAGE,),
    (INVOICE,),
    (CONTRACT,),
    now=NOW,
    today=NOW.date(),
)
OVERVIEW = Overview(
    MARINA,
    phones=PHONES,
    contacts=CONTACTS,
    units=(UNIT,),
    meters=(METER, SECOND_METER),
    contracts=(CONTRACT,),
    invoices=(INVOICE,),
    tickets=TICKETS,
    orders=ORDERS,
    interactions=(INTERACTION, *EARLIER),
    alerts=ALERTS,
    outages=(OUTAGE,),
)
GLANCE = Glance(MARINA, ALERTS, 4, 1, EARLIER[0])
NUMBER = PhoneNumber(5511987654321, "(11) 98765-4321", "", False, True, "+5511987654321")
CANDIDATES = (
    Candidate(
        MARINA, CONTACTS[0], Rank.BEST, (MatchReason("mobile"),), MARINA.city, MARINA.tax_id_masked
    ),
    Candidate(
        MARINA, JOAO, Rank.POSSIBLE, (MatchReason("mobile"),), MARINA.city, MARINA.tax_id_masked
    ),
    Candidate(
        BAKERY,
        None,
        Rank.OLD_NUMBER,
        (MatchReason("shared", {"count": 2}),),
        BAKERY.city,
        BAKERY.tax_id_masked,
    ),
)
IDENTIFICATION = Identification(CANDIDATES, NUMBER)
QUESTIONS = (
    SecurityQuestion(FactKind.BIRTH_ON),
    SecurityQuestion(FactKind.LAST_BILL),
    SecurityQuestion(FactKind.POSTCODE),
)


def clock(ticket: Ticket) -> Clock:
    """The resolution clock of a sample ticket."""
    return Clock(ticket.due_at or NOW, ticket.created_at or NOW, ticket.paused_at)


TICKET_VIEW = TicketView(
    TICKET,
    NOTES,
    MARINA,
    UNIT,
    OUTAGE,
    ORDERS[:1],
    TicketClocks(
        Clock(
            TICKET.response_due_at or NOW,
            TICKET.created_at or NOW,
            stopped_at=TICKET.responded_at,
        ),
        clock(TICKET),
    ),
    INTERACTION,
    FIELD_TEAM,
)
ORDER_VIEW = ServiceOrderView(
    ORDER,
    ITEMS,
    EVENTS,
    MARINA,
    UNIT,
    METER,
    TICKET,
    Totals(71940, 19840, 52100),
    (OrderState.CONFIRMED,),
)
WORK = (
    *(
        WorkItem(
            WorkKind.TICKET,
            ticket.id,
            MARINA.id,
            ticket.number,
            ticket.subject,
            MARINA.name,
            clock(ticket),
            ticket.due_at,
            ticket.priority,
        )
        for ticket in TICKETS
    ),
    WorkItem(
        WorkKind.ORDER, ORDERS[1].id, MARINA.id, "SO-7702", "Load change 5 → 12 kW", MARINA.name
    ),
    WorkItem(
        WorkKind.INTERACTION,
        INTERACTION.id,
        BAKERY.id,
        "2026112100048011",
        "",
        BAKERY.name,
        due_at=ahead(hours=1),
    ),
)
HOME = HomeFigures(31, 312, 78, 12, 2, ahead(minutes=41), 2)
RINGING = replace(
    CALL, state=CallState.RINGING, answered_at=None, started_at=ago(seconds=7), id="call-2"
)
RINGING_SESSION = Session(
    "s2",
    ago(seconds=7),
    identification=IDENTIFICATION,
    account=MARINA,
    contact_id=CONTACTS[0].id,
    calls=(RINGING,),
)


def _logged(n: int, minutes: int, talked: int = 0, **more: object) -> InteractionCall:
    """A call that began so many minutes ago and was talked on for so many seconds."""
    began = ago(minutes=minutes)
    answered = began + timedelta(seconds=9) if talked else None
    call = InteractionCall(
        number_id(500 + n),
        number="+5511987654321",
        queue="Outages",
        started_at=began,
        answered_at=answered,
        ended_at=(answered or began) + timedelta(seconds=talked or 21),
        end_reason="hung_up_there" if talked else "missed",
    )
    return replace(call, **more)  # type: ignore[arg-type]


_OUT = InteractionDirection.OUTBOUND
LOGGED_CALLS = (
    LoggedCall(
        _logged(1, 4, display_name="MARINA"), MARINA.id, MARINA.name, number="+55 11 98765-4321"
    ),
    LoggedCall(
        _logged(2, 11, number="+5511991110099", display_name="<b>Bruno</b>"),
        number="+55 11 99111-0099",
    ),
    LoggedCall(
        _logged(3, 26, 372, mos=4.3, codec="opus", jitter_ms=3.2, lost_percent=0.1, delay_ms=41.0),
        MARINA.id,
        MARINA.name,
        is_sure=True,
        number="+55 11 98765-4321",
    ),
    LoggedCall(
        _logged(4, 48, direction=_OUT, end_reason="busy", end_status=486, queue=""),
        BAKERY.id,
        BAKERY.name,
        is_sure=True,
        number="+55 11 3222-9000",
    ),
    LoggedCall(
        _logged(
            5, 63, 95, mos=3.2, codec="PCMA", lost_percent=4.2, number="4105",
            end_reason="transferred", transferred_to="4202", queue="",
        ),
        number="4105",
        colleague="Iara Lopes",
    ),
    LoggedCall(_logged(6, 90, number="", end_reason="declined", seen_at=ago(minutes=80))),
    LoggedCall(
        _logged(
            7, 1500, 44, mos=3.8, codec="PCMA", direction=_OUT, queue="", number="+74951234567",
            end_reason="hung_up_here",
        ),
        number="+7 495 123-45-67",
    ),
    LoggedCall(
        _logged(8, 1600, number="+5511932221100", seen_at=ago(minutes=1500)),
        number="+55 11 93222-1100",
    ),
)  # fmt: skip
