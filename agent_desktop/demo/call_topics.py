"""Customers of a distributor call about these: themes of tickets and of service orders."""

from __future__ import annotations

from dataclasses import dataclass

from agent_desktop.demo.catalogue import BILLING, FIELD, QUALITY, REGISTRATION, DemoTeam
from agent_desktop.demo.chance import faces


@dataclass(frozen=True, slots=True)
class TicketTheme:
    """Everything about a ticket that follows from its subject; `reason` is the contact's."""

    kind: str
    category: str
    subject: str
    description: str
    solution: str
    reason: str
    sla_hours: int
    second_level: DemoTeam
    priority: str = "normal"
    complaint_type: str = ""


@dataclass(frozen=True, slots=True)
class OrderTheme:
    """A service order: its items are (product code, thousandths of a quantity, charge)."""

    title: str
    items: tuple[tuple[str, int, str], ...]


NO_SUPPLY = TicketTheme(
    "demand", "outage.feeder", "No supply, whole street",
    "The whole street is dark. Breaker checked, neighbours have no supply either.",
    "Supply restored, customer informed by SMS.", "outage.reported", 5, FIELD, "high",
)  # fmt: skip
TICKET_THEMES = faces([
    (24, NO_SUPPLY),
    (26, TicketTheme(
        "demand", "outage.single", "No supply, only this house",
        "Neighbours have supply. Main breaker is on, meter display is dark.",
        "Loose connection at the service drop repaired.", "outage.reported", 4, FIELD, "high")),
    (40, TicketTheme(
        "demand", "billing.amount", "Bill higher than average",
        "Customer doubts the consumption of the last bill and asks for a check of the reading.",
        "Reading confirmed, consumption explained to the customer.", "bill.high", 120, BILLING)),
    (22, TicketTheme(
        "demand", "billing.payment", "Payment not booked",
        "Paid at the bank, proof of payment sent by e-mail, still shown as open.",
        "Payment found under another contract and moved.", "bill.not_booked", 48, BILLING)),
    (18, TicketTheme(
        "demand", "billing.delivery", "Bill did not arrive",
        "Third month without a paper bill. Address checked.",
        "Address corrected, bills by e-mail from now on.", "bill.by_mail", 120, BILLING, "low")),
    (26, TicketTheme(
        "request", "contract.transfer", "Move data to new holder",
        "New tenant asks for the transfer. Rental contract received.",
        "Transfer done, old holder informed.", "move.owner", 72, REGISTRATION)),
    (16, TicketTheme(
        "request", "contract.connection", "New connection",
        "Entry standard is ready and waits for inspection.",
        "Inspected and connected.", "move.in", 120, FIELD)),
    (14, TicketTheme(
        "request", "contract.load", "Load increase from 5 to 12 kW",
        "Customer installs two air conditioners and an electric shower.",
        "Load study approved, order made.", "load.more", 240, FIELD)),
    (12, TicketTheme(
        "request", "disconnection.reconnect", "Reconnection after payment",
        "Overdue bills are paid, customer waits for reconnection.",
        "Reconnected within the deadline.", "reconnection.paid", 24, FIELD, "high")),
    (12, TicketTheme(
        "complaint", "complaint.voltage", "Regulated complaint: voltage",
        "Lamps flicker in the evening, the refrigerator stops. Asks for a measurement.",
        "Measured for seven days, tap of the transformer changed.", "complaint.voltage",
        240, QUALITY, "normal", "complaint.voltage")),
    (10, TicketTheme(
        "complaint", "complaint.electrical_damage", "Television burnt after a surge",
        "Surge on Sunday evening, three appliances damaged. Wants compensation.",
        "Inspected, claim accepted.", "complaint.electrical_damage", 240, QUALITY, "high",
        "complaint.electrical_damage")),
    (10, TicketTheme(
        "complaint", "complaint.wrongful_cut", "Cut although the bill was paid",
        "Disconnected this morning, bill was paid two days before the due day.",
        "Reconnected, credit granted.", "complaint.wrongful_cut", 4, FIELD, "very_high",
        "complaint.wrongful_cut")),
    (8, TicketTheme(
        "complaint", "complaint.reading_error", "Reading does not match the meter",
        "Photograph of the meter shows 400 kWh less than the bill.",
        "Bill corrected.", "complaint.reading_error", 120, BILLING, "normal",
        "complaint.reading_error")),
    (10, TicketTheme(
        "demand", "registration.data", "Correct the name of the holder",
        "Surname is misspelt on the bill, copy of the identity card received.",
        "Name corrected.", "data.contact", 120, REGISTRATION, "low")),
    (8, TicketTheme(
        "request", "meter.inspect", "Inspection of the meter",
        "Customer thinks that the meter counts with everything switched off.",
        "Meter inspected, within tolerance.", "meter.inspect", 240, QUALITY)),
])  # fmt: skip

ORDER_THEMES = faces([
    (70, OrderTheme("Replace meter, single-phase", (
        ("MTR-1F", 1_000, "warranty"), ("LAB-MTR", 1_000, "contract"),
        ("SEAL", 1_000, "warranty")))),
    (40, OrderTheme("Replace meter, three-phase", (
        ("MTR-3F", 1_000, "charged"), ("LAB-MTR", 1_500, "contract"),
        ("SEAL", 1_000, "warranty"), ("TRAVEL-2", 1_000, "charged")))),
    (50, OrderTheme("Load change", (
        ("LOAD-CHANGE", 1_000, "charged"), ("LOAD-STUDY", 1_000, "charged"),
        ("CABLE-16", 12_000, "charged")))),
    (40, OrderTheme("Reconnection", (
        ("RECONNECT", 1_000, "charged"), ("TRAVEL-1", 1_000, "charged")))),
    (30, OrderTheme("Voltage recording for seven days", (
        ("VOLT-LOG", 1_000, "contract"), ("LAB-MTR", 500, "contract"),
        ("TRAVEL-1", 1_000, "contract")))),
    (26, OrderTheme("New entry standard", (
        ("POLE", 1_000, "charged"), ("BOX", 1_000, "charged"), ("CABLE-10", 18_000, "charged"),
        ("LAB-NET", 2_500, "charged"), ("TRAVEL-3", 1_000, "charged")))),
])  # fmt: skip

#: (summary, notes, reason) of past contacts that led to no ticket.
TALKS = faces([
    (40, ("Second copy of the bill sent by e-mail", "", "bill.copy")),
    (30, ("Asked for the forecast of a known outage", "Told the forecast.", "outage.known")),
    (24, ("Explained the tariff flags", "", "other.info")),
    (22, ("Changed the due day to the 10th", "", "bill.due_day")),
    (20, ("Telephone number updated", "New mobile number confirmed by SMS.", "data.contact")),
    (20, ("Asked about the date of the inspection", "", "status.order")),
    (18, ("Payment by instalments agreed", "Six instalments.", "bill.instalments")),
    (16, ("Supply was back before the call", "", "outage.reported.back")),
    (14, ("Asked for the social tariff", "Documents are missing.", "bill.social_tariff")),
    (14, ("Wants to know more about own generation", "Sent the guide.", "load.solar")),
    (12, ("Praise for the field crew", "", "other.praise")),
    (12, ("Street light, sent to the town hall", "", "other.street_light")),
    (8, ("Call dropped", "", "other.dropped")),
    (6, ("Wrong number", "", "other.wrong_number")),
])  # fmt: skip
