"""The code words of the trade: text columns that only ever hold one of a few words. Pure."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A code word. A word this version does not know (a newer centre) reads as OTHER."""

    @classmethod
    def _missing_(cls, value: object) -> Word:
        return cls("")


class AccountKind(Word):
    """Whether the account is a natural person or a legal one."""

    PERSON = "person"
    COMPANY = "company"
    OTHER = ""


class Segment(Word):
    """The class of consumer."""

    RESIDENTIAL = "residential"
    COMMERCIAL = "commercial"
    INDUSTRIAL = "industrial"
    RURAL = "rural"
    PUBLIC = "public"
    OTHER = ""


class Stage(Word):
    """How far a customer has come with us."""

    SUSPECT = "suspect"
    CANDIDATE = "candidate"
    BUYER = "buyer"
    CLIENT = "client"
    DEFENDER = "defender"
    OTHER = ""


class ErpState(Word):
    """The account's lamp in the ERP; it informs and never blocks."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    NONE = "none"
    OTHER = ""


class PhoneKind(Word):
    """What a telephone number is used for."""

    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    MESSAGE = "message"
    FAX = "fax"
    OTHER = ""


class Relation(Word):
    """What a contact is to the account."""

    HOLDER = "holder"
    AUTHORISED = "authorised"
    FAMILY = "family"
    LANDLORD = "landlord"
    TENANT = "tenant"
    ACCOUNTANT = "accountant"
    MANAGER = "manager"
    OTHER = ""


class FactKind(Word):
    """A fact a caller may be asked for to prove who they are."""

    BIRTH_ON = "birth_on"
    TAX_ID = "tax_id"
    POSTCODE = "postcode"
    LAST_BILL = "last_bill"
    METER_SERIAL = "meter_serial"
    OTHER = ""


class Area(Word):
    """Where a consumer unit lies; it decides legal deadlines."""

    URBAN = "urban"
    RURAL = "rural"
    OTHER = ""


class Voltage(Word):
    """Supply voltage: below 2.3 kV, up to below 69 kV, 69 kV and more."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    OTHER = ""


class Supply(Word):
    """Whether a unit is supplied."""

    ON = "on"
    CUT = "cut"
    OTHER = ""


class TicketKind(Word):
    """Demand (consumer service), request (distributor's deadline), complaint (regulated type)."""

    DEMAND = "demand"
    REQUEST = "request"
    COMPLAINT = "complaint"
    OTHER = ""


class Priority(Word):
    """How urgent a ticket is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    VERY_HIGH = "very_high"
    OTHER = ""


class TicketStatus(Word):
    """Where a ticket is in its life."""

    OPEN = "open"
    IN_WORK = "in_work"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    OTHER = ""


class NoteKind(Word):
    """What a line in a ticket's history is."""

    NOTE = "note"
    HANDOVER = "handover"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    REPLY = "reply"
    RESOLVED = "resolved"
    MOVED = "moved"
    OTHER = ""


class OrderState(Word):
    """Where a service order is in its life; see service_order.MOVES."""

    QUOTATION = "quotation"
    ORDER = "order"
    DISPATCHED = "dispatched"
    CONFIRMED = "confirmed"
    BILLED = "billed"
    CANCELLED = "cancelled"
    OTHER = ""


class ItemKind(Word):
    """What a line of a service order is."""

    SERVICE = "service"
    PART = "part"
    TIME = "time"
    TRAVEL = "travel"
    OTHER = ""


class Charge(Word):
    """Who pays a line: the customer, or nobody because of contract or warranty."""

    CHARGED = "charged"
    CONTRACT = "contract"
    WARRANTY = "warranty"
    OTHER = ""


class Channel(Word):
    """The way a customer reached us or we reached them."""

    CALL = "call"
    EMAIL = "email"
    CHAT = "chat"
    FAX = "fax"
    NOTE = "note"
    OTHER = ""


class InteractionDirection(Word):
    """Who began an interaction, seen from the desk."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    OTHER = ""


class InteractionStatus(Word):
    """An interaction is open until the agent finishes it, whatever the call does."""

    OPEN = "open"
    FINISHED = "finished"
    OTHER = ""


class ListName(Word):
    """The lists of code_entry."""

    REASON = "reason"
    CATEGORY = "category"
    NOT_READY = "not_ready"
    OTHER = ""


class BusinessRole(Word):
    """What an agent is employed as; rights hang on it."""

    AGENT = "agent"
    SECOND_LEVEL = "second_level"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    OTHER = ""
