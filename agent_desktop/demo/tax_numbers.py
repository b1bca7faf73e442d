"""Valid CPF and CNPJ numbers that belong to nobody in particular.

Check digits are computed here, quickly and without a library, because a million of them are
needed; tests compare them with python-stdnum. CNPJ has letters since July 2026: each place
counts as its ASCII code minus 48.
"""

from __future__ import annotations

from agent_desktop.demo.chance import scattered

_BELOW_CPF = 799_999_999
_BELOW_ROOT = 79_999_987
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def _check(total: int) -> int:
    rest = total % 11
    return 0 if rest < 2 else 11 - rest


def cpf(base: int) -> str:
    """The CPF whose first nine digits are `base`."""
    text = f"{base:09d}"
    a, b, c, d, e, f, g, h, i = map(int, text)
    one = _check(10 * a + 9 * b + 8 * c + 7 * d + 6 * e + 5 * f + 4 * g + 3 * h + 2 * i)
    two = _check(11 * a + 10 * b + 9 * c + 8 * d + 7 * e + 6 * f + 5 * g + 4 * h + 3 * i + 2 * one)
    return f"{text}{one}{two}"


def cnpj(base: str) -> str:
    """The CNPJ whose first twelve places (digits or capital letters) are `base`."""
    values = [ord(place) - 48 for place in base]
    one = _check(sum(map(int.__mul__, values, _CNPJ_WEIGHTS[1:])))
    values.append(one)
    two = _check(sum(map(int.__mul__, values, _CNPJ_WEIGHTS)))
    return f"{base}{one}{two}"


def person_tax_id(index: int) -> str:
    """The CPF of the person with this index; first digits 1 to 8, named callers have 9s."""
    return cpf(100_000_000 + scattered(index, _BELOW_CPF))


def company_tax_id(index: int, lettered: bool) -> str:
    """The CNPJ of the company with this index, with letters if it was founded lately."""
    number = 20_000_000 + scattered(index, _BELOW_ROOT)
    if not lettered:
        return cnpj(f"{number:08d}0001")
    letters = _LETTERS[number % 26] + _LETTERS[number // 26 % 26]
    return cnpj(f"{letters}{index % 1_000_000:06d}{_LETTERS[index // 1_000_000]}001")


def masked(tax_id: str) -> str:
    """The part that everybody may see, without a right: •••.456.789-•• or 12.•••.•••/0001-••."""
    if len(tax_id) == 11:
        return f"•••.{tax_id[3:6]}.{tax_id[6:9]}-••"
    return f"{tax_id[:2]}.•••.•••/{tax_id[8:12]}-••"
