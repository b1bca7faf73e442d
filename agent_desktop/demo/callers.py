"""The people of the demo who are known by name, and the calls they make.

Everything here is a fixed fact that stories, the self-test and benchmarks may rely on; the
records that go with it are in records_callers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from agent_desktop.demo.chance import IdKind, id_number
from agent_desktop.demo.staff import AGENTS, HELENA, PAULO, RITA, Agent
from agent_desktop.demo.tax_numbers import cnpj, cpf

__all__ = [
    "AGENTS",
    "CALLERS",
    "HELENA",
    "PAULO",
    "RITA",
    "Agent",
    "Caller",
    "CallerKind",
    "NamedCustomer",
]


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """A named customer. `tax_id` and `birth_on` are whole; numbers are E.164 with a plus."""

    index: int
    name: str
    number: str
    tax_id: str
    phone: str
    birth_on: str = ""
    last_bill_cents: int = 0
    meter_serial: str = ""
    postcode: str = ""

    @property
    def id(self) -> UUID:
        """The id of the account."""
        return UUID(int=id_number(IdKind.ACCOUNT, self.index))

    def answers(self) -> Mapping[str, str]:
        """The customer's answers by kind of fact, as an agent types them."""
        typed = {
            "birth_on": "/".join(reversed(self.birth_on.split("-"))),
            "tax_id": self.tax_id,
            "last_bill": f"{self.last_bill_cents / 100:.2f}".replace(".", ","),
            "meter_serial": self.meter_serial,
            "postcode": self.postcode,
        }
        known = {
            "birth_on": self.birth_on, "tax_id": self.tax_id, "last_bill": self.last_bill_cents,
            "meter_serial": self.meter_serial, "postcode": self.postcode,
        }  # fmt: skip
        return {kind: text for kind, text in typed.items() if known[kind]}


MARINA = NamedCustomer(
    0, "Marina Albuquerque", "100482913", cpf(964_456_789), "+5511987654321",
    "1986-03-23", 21_437, "ELS-77120443", "06018-120",
)  # fmt: skip
PADARIA = NamedCustomer(
    1, "Padaria Estrela Ltda", "200118004", cnpj("127454300001"), "+551132229000",
    "", 128_960, "KTR-80441277", "06020-010",
)  # fmt: skip
OLGA = NamedCustomer(
    2, "Ольга Петрова", "100663508", cpf(917_330_254), "+5515991448820",
    "1979-10-14", 18_712, "ELS-77004518", "18035-200",
)  # fmt: skip
MARINA_TRAVASSOS = NamedCustomer(
    3, "Marina Travassos", "100771240", cpf(933_108_467), "+5511991207733",
    "1991-06-30", 9_655, "NVM-80011902", "06401-050",
)  # fmt: skip
ANA_NOGUEIRA = NamedCustomer(
    4, "Ana Nogueira", "100559317", cpf(941_777_305), "+551132514477",
    "1958-01-19", 15_220, "ELS-77330911", "06093-045",
)  # fmt: skip
PEDRO_NOGUEIRA = NamedCustomer(
    5, "Pedro Nogueira", "100559325", cpf(941_902_116), "+551132514477",
    "1984-08-27", 12_089, "ELS-77330929", "06093-045",
)  # fmt: skip
NOGUEIRA_CONTABILIDADE = NamedCustomer(
    6, "Nogueira Contabilidade ME", "200204419", cnpj("7KQ4B2100001"), "+551132514477",
    "", 40_318, "KTR-80500631", "06093-060",
)  # fmt: skip
SEBASTIAO = NamedCustomer(
    7, "Sebastião Prado", "100107762", cpf(902_661_540), "+5515997123344",
    "1949-12-31", 7_302, "ELS-70991010", "18110-015",
)  # fmt: skip
CARLOS = NamedCustomer(
    8, "Carlos Menezes", "100845021", cpf(958_240_733), "+5519992245566",
    "1975-04-25", 33_170, "NVM-80014477", "13015-300",
)  # fmt: skip
ANTONIA = NamedCustomer(
    9, "Antônia Ribeiro", "100390648", cpf(909_515_672), "+5511988221100",
    "1941-09-13", 16_845, "ELS-77120518", "06018-130",
)  # fmt: skip
ROLES = (
    MARINA, PADARIA, OLGA, MARINA_TRAVASSOS, ANA_NOGUEIRA, PEDRO_NOGUEIRA,
    NOGUEIRA_CONTABILIDADE, SEBASTIAO, CARLOS, ANTONIA,
)  # fmt: skip
#: The accounts that share one fixed line.
SHARING = (ANA_NOGUEIRA, PEDRO_NOGUEIRA, NOGUEIRA_CONTABILIDADE)
#: A mobile number that belongs to nobody in the company.
UNKNOWN_NUMBER = "+5511991110099"

DIALLED = "08007270120"


class CallerKind(Enum):
    """The peculiarity of a call of the demo."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    SHARED = "shared"
    LIFE_SUPPORT = "life_support"
    RUSSIAN = "russian"
    COMPANY = "company"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls: what the PBX says about the call, and what the person answers.

    `number` is E.164 with a plus, empty when withheld. `account_index` is whose account it is
    about, None for a stranger; `answers` are by kind of fact, as an agent types them.
    """

    kind: CallerKind
    number: str
    account_index: int | None
    queue: str = "Outages"
    menu_path: str = "2 > 1"
    display_name: str = ""
    typed_tax_id: str = ""
    waited_seconds: int = 12
    dialled: str = DIALLED
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, object]:
        """The facts a PBX tells beside the number, as caller_process.py's order `call` takes it."""
        return {
            "name": self.display_name,
            "withheld": not self.number,
            "queue": self.queue,
            "dnis": self.dialled,
            "menu_path": self.menu_path,
            "typed_tax_id": self.typed_tax_id,
            "waited": self.waited_seconds,
        }


def _call(kind: CallerKind, role: NamedCustomer, **told: object) -> Caller:
    return Caller(kind, role.phone, role.index, answers=role.answers(), **told)  # type: ignore[arg-type]


CALLERS: dict[CallerKind, Caller] = {
    caller.kind: caller
    for caller in (
        _call(CallerKind.KNOWN, MARINA, typed_tax_id=MARINA.tax_id, waited_seconds=67),
        Caller(CallerKind.UNKNOWN, UNKNOWN_NUMBER, None, "New connections", "4 > 1"),
        Caller(CallerKind.WITHHELD, "", None, "General", "9"),
        _call(CallerKind.SHARED, PEDRO_NOGUEIRA, queue="Billing", menu_path="3 > 2"),
        _call(CallerKind.LIFE_SUPPORT, ANTONIA, menu_path="2 > 9", waited_seconds=2),
        _call(CallerKind.RUSSIAN, OLGA, queue="Complaints", menu_path="5", display_name="Ольга"),
        _call(CallerKind.COMPANY, PADARIA, queue="Contracts", menu_path="4 > 2"),
        _call(CallerKind.INACTIVE, SEBASTIAO, queue="General", menu_path="9"),
    )
}
