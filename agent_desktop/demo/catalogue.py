"""Lists of a site: teams, agents, products, and the trees of reasons and categories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent_desktop.demo.chance import IdKind, id_number
from agent_desktop.demo.code_trees import LISTS
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.row_format import Row


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team; level 2 is the second level."""

    n: int
    code: str
    name: str
    level: int

    @property
    def id_number(self) -> int:
        """The team's id as a number."""
        return id_number(IdKind.TEAM, 0, self.n)


SERVICE = DemoTeam(1, "service", "Utilities", 1)
OUTAGES = DemoTeam(2, "outages", "Outage desk", 1)
FIELD = DemoTeam(3, "field", "Field operations", 2)
BILLING = DemoTeam(4, "billing", "Billing review", 2)
QUALITY = DemoTeam(5, "quality", "Supply quality", 2)
REGISTRATION = DemoTeam(6, "registration", "Registration and contracts", 2)
TEAMS = (SERVICE, OUTAGES, FIELD, BILLING, QUALITY, REGISTRATION)


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """Something that can stand on a service order."""

    code: str
    name: str
    kind: str
    measure: str
    unit_price_cents: int


PRODUCTS = {
    product.code: product
    for product in (
        CatalogueItem("MTR-1F", "Meter single-phase ELS-1F, 60 A", "part", "pc", 21_900),
        CatalogueItem("MTR-3F", "Meter three-phase ELS-3F, 100 A", "part", "pc", 48_600),
        CatalogueItem("MTR-SM", "Smart meter NVM, 100 A", "part", "pc", 61_200),
        CatalogueItem("SEAL", "Seal and label kit", "part", "set", 1_840),
        CatalogueItem("CABLE-10", "Service drop cable 10 mm²", "part", "m", 1_450),
        CatalogueItem("CABLE-16", "Service drop cable 16 mm²", "part", "m", 2_260),
        CatalogueItem("BREAKER-63", "Main breaker 63 A", "part", "pc", 9_450),
        CatalogueItem("BOX", "Meter box, polycarbonate", "part", "pc", 17_300),
        CatalogueItem("POLE", "Entry pole 5 m, galvanised", "part", "pc", 54_000),
        CatalogueItem("LAB-MTR", "Labour, meter technician", "time", "h", 12_000),
        CatalogueItem("LAB-NET", "Labour, network crew", "time", "h", 26_000),
        CatalogueItem("INSPECT", "Inspection of installation", "service", "pc", 8_500),
        CatalogueItem("RECONNECT", "Reconnection", "service", "pc", 4_120),
        CatalogueItem("RECONNECT-U", "Urgent reconnection", "service", "pc", 9_870),
        CatalogueItem("LOAD-STUDY", "Load study", "service", "pc", 32_000),
        CatalogueItem("LOAD-CHANGE", "Load change up to 15 kW", "service", "pc", 78_000),
        CatalogueItem("VOLT-LOG", "Voltage recording, 7 days", "service", "pc", 15_600),
        CatalogueItem("TRAVEL-1", "Travel, zone 1", "travel", "pc", 2_200),
        CatalogueItem("TRAVEL-2", "Travel, zone 2", "travel", "pc", 3_500),
        CatalogueItem("TRAVEL-3", "Travel, zone 3 (rural)", "travel", "pc", 7_400),
    )
}


def team(s: CompanySetting) -> Iterator[Row]:
    """All teams."""
    for each in TEAMS:
        yield (s.spelling.id(each.id_number), each.code, each.name, each.level)


def product(s: CompanySetting) -> Iterator[Row]:
    """All products."""
    for n, each in enumerate(PRODUCTS.values()):
        record_id = s.spelling.id(id_number(IdKind.PRODUCT, 0, n))
        yield (
            record_id, each.code, each.name, each.kind, each.measure, each.unit_price_cents,
        )  # fmt: skip


def code_entry(s: CompanySetting) -> Iterator[Row]:
    """All entries of all lists; a dot in a code separates it from its parent's."""
    n = 0
    for list_name, entries in LISTS.items():
        for position, (code, english, portuguese, russian) in enumerate(entries, start=1):
            n += 1
            yield (
                s.spelling.id(id_number(IdKind.CODE_ENTRY, 0, n)), list_name, code,
                code.rpartition(".")[0], english, portuguese, russian, position * 10, True,
            )  # fmt: skip
