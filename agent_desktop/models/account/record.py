"""The records of a customer: account, telephone numbers, contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from agent_desktop.models.kind import Index, Kind, Number, Record, Word


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


@dataclass(frozen=True, slots=True)
class Account(Record):
    """A customer: person or company. The tax id is known here only masked and as a digest."""

    number: str = ""
    kind: AccountKind = AccountKind.PERSON
    name: str = ""
    tax_id_kind: str = ""
    tax_id_masked: str = ""
    tax_id_digest: bytes | None = None
    segment: Segment = Segment.OTHER
    stage: Stage = Stage.OTHER
    language: str = ""
    email: str = ""
    street: str = ""
    house: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state_code: str = ""
    postcode: str = ""
    note: str = ""
    active: bool = True
    life_support: bool = False
    erp_state: ErpState = ErpState.NONE
    erp_checked_at: datetime | None = None
    customer_since: date | None = None
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class Phone(Record):
    """A number of an account or of one of its contacts; `e164` without the plus."""

    account_id: UUID | None = None
    contact_id: UUID | None = None
    written: str = ""
    e164: int | None = None
    extension: str = ""
    kind: PhoneKind = PhoneKind.OTHER
    preferred: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    do_not_call: bool = False
    do_not_call_reason: str = ""
    do_not_call_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contact(Record):
    """A person who speaks for an account; `authorised` ones may act in its name."""

    account_id: UUID | None = None
    name: str = ""
    relation: Relation = Relation.OTHER
    authorised: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True)
class VerificationFact(Record):
    """The digest of an answer to a verification question; a contact's own, or the account's."""

    account_id: UUID | None = None
    contact_id: UUID | None = None
    kind: FactKind = FactKind.OTHER
    digest: bytes | None = None


#: Half of my address and half of theirs is no place: its fields are merged as one.
ADDRESS = (
    "street", "house", "complement", "district", "city", "state_code", "postcode",
)  # fmt: skip

ACCOUNT = Kind(
    "account",
    Account,
    indexes=(Index(("number",)), Index(("tax_id_digest",), name="by_tax_id")),
    number=Number("account"),
    title="name",
    units=(
        ("name",),
        ("kind",),
        ("segment",),
        ("stage",),
        ("language",),
        ("email",),
        ADDRESS,
        ("note",),
        ("life_support",),
        ("active",),
    ),
    required=("name",),
    presence=True,
)
PHONE = Kind(
    "phone",
    Phone,
    indexes=(
        Index(("e164",)),
        # Brazil wrote mobile numbers with eight digits once: the last eight are compared.
        Index(expression="e164 % 100000000", name="by_last_8"),
    ),
    title="written",
    created=("contact_id", "written", "e164", "extension", "kind"),
    verbs=("create",),
)
CONTACT = Kind("contact", Contact, title="name")
FACT = Kind("fact", VerificationFact)
