"""What a site keeps in lists: products, and trees of codes."""

from __future__ import annotations

from dataclasses import dataclass

from agent_desktop.models.kind import Kind, Record, Word


class ItemKind(Word):
    """What a line of a service order is."""

    SERVICE = "service"
    PART = "part"
    TIME = "time"
    TRAVEL = "travel"
    OTHER = ""


class ListName(Word):
    """The lists of code_entry."""

    REASON = "reason"
    CATEGORY = "category"
    NOT_READY = "not_ready"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class Product(Record):
    """Something that can stand on a service order."""

    code: str = ""
    name: str = ""
    kind: ItemKind = ItemKind.OTHER
    measure: str = ""
    unit_price_cents: int = 0


@dataclass(frozen=True, slots=True)
class CodeEntry(Record):
    """An entry of a list of codes; a tree through `parent_code`."""

    list: ListName = ListName.OTHER
    code: str = ""
    parent_code: str = ""
    name_en: str = ""
    name_pt: str = ""
    name_ru: str = ""
    position: int = 0
    active: bool = True


PRODUCT = Kind("product", Product, title="name")
CODE_ENTRY = Kind("code_entry", CodeEntry, title="name_en")
