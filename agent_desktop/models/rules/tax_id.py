"""Tax ids: CPF and CNPJ of Brazil, INN of Russia. Pure.

A CNPJ has letters in its first twelve places since July 2026; a letter counts as its ASCII code
minus 48 in the check digits (stdnum does that).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from stdnum.br import cnpj, cpf
from stdnum.ru import inn

from agent_desktop.errors import Refused


class TaxIdKind(Enum):
    """Whose register a tax id is from."""

    CPF = "cpf"
    CNPJ = "cnpj"
    INN = "inn"


@dataclass(frozen=True, slots=True)
class TaxId:
    """A tax id whose check digits are right; `value` is only letters and digits, upper case."""

    kind: TaxIdKind
    value: str


_CHECKS = {TaxIdKind.CPF: cpf, TaxIdKind.CNPJ: cnpj, TaxIdKind.INN: inn}
_BY_LENGTH = {
    11: TaxIdKind.CPF,
    14: TaxIdKind.CNPJ,
    10: TaxIdKind.INN,
    12: TaxIdKind.INN,
}
_HIDDEN = "•"


def parse(text: str) -> TaxId:
    """The tax id somebody wrote, with or without dots.

    Refused: `tax_id` is `missing`, `wrong_length` or `wrong_check_digit`.
    """
    value = compact(text)
    if not value:
        raise Refused({"tax_id": "missing"})
    kind = _BY_LENGTH.get(len(value))
    if kind is None or (kind is not TaxIdKind.CNPJ and not value.isdigit()):
        raise Refused({"tax_id": "wrong_length"})
    # 111.111.111-11 and its like have right check digits and are given to nobody.
    if len(set(value)) == 1 or not _CHECKS[kind].is_valid(value):
        raise Refused({"tax_id": "wrong_check_digit"})
    return TaxId(kind, value)


def found_in(text: str) -> TaxId | None:
    """The tax id that the text is; None if it is something else."""
    try:
        return parse(text)
    except Refused:
        return None


def compact(text: str) -> str:
    """Only letters and digits, upper case; also of full-width digits from other keyboards."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


def shown(tax_id: TaxId) -> str:
    """The id the way it is printed: 390.533.447-05, 12.ABC.345/01DE-35."""
    if tax_id.kind is TaxIdKind.INN:
        return tax_id.value
    return str(_CHECKS[tax_id.kind].format(tax_id.value))


def masked(tax_id: TaxId) -> str:
    """What may be seen before verification: •••.533.447-••, 12.•••.•••/01DE-••."""
    plain = shown(tax_id)
    keep = {
        TaxIdKind.CPF: slice(4, 11),
        TaxIdKind.CNPJ: slice(11, 15),
        TaxIdKind.INN: slice(-4, None),
    }[tax_id.kind]
    seen = set(range(len(plain))[keep])
    if tax_id.kind is TaxIdKind.CNPJ:
        seen |= {0, 1}
    return "".join(
        character if at in seen or not character.isalnum() else _HIDDEN
        for at, character in enumerate(plain)
    )
