"""CPF, CNPJ (letters too) and INN: check digits, masks, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.errors import Refused
from agent_desktop.models.rules.tax_id import TaxId, TaxIdKind, found_in, masked, parse, shown


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("390.533.447-05", TaxIdKind.CPF, "39053344705"),
        ("39053344705", TaxIdKind.CPF, "39053344705"),
        (" 390 533 447 05 ", TaxIdKind.CPF, "39053344705"),
        ("３９０.533.447-05", TaxIdKind.CPF, "39053344705"),
        ("11.222.333/0001-81", TaxIdKind.CNPJ, "11222333000181"),
        ("12.ABC.345/01DE-35", TaxIdKind.CNPJ, "12ABC34501DE35"),
        ("12abc34501de35", TaxIdKind.CNPJ, "12ABC34501DE35"),
        ("7707083893", TaxIdKind.INN, "7707083893"),
        ("500100732259", TaxIdKind.INN, "500100732259"),
    ],
)
def test_reads(written: str, kind: TaxIdKind, value: str) -> None:
    assert parse(written) == TaxId(kind, value)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "missing"),
        ("...-", "missing"),
        ("123", "wrong_length"),
        ("3905334470", "wrong_check_digit"),
        ("39053344706", "wrong_check_digit"),
        ("111.111.111-11", "wrong_check_digit"),
        ("00000000000000", "wrong_check_digit"),
        ("11.222.333/0001-82", "wrong_check_digit"),
        ("12.ABC.345/01DE-36", "wrong_check_digit"),
        ("3905334470A", "wrong_length"),
    ],
)
def test_refuses_at_the_field(written: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(written)
    assert refused.value.reasons == {"tax_id": code}
    assert found_in(written) is None


def test_masks_hide_all_but_the_middle() -> None:
    assert masked(parse("390.533.447-05")) == "•••.533.447-••"
    assert masked(parse("12.ABC.345/01DE-35")) == "12.•••.•••/01DE-••"
    assert masked(parse("7707083893")) == "••••••3893"


@given(st.integers(0, 999_999_999))
def test_exactly_one_pair_of_check_digits_is_right(stem: int) -> None:
    right = [end for end in range(100) if found_in(f"{stem:09d}{end:02d}")]
    assert len(right) == (0 if len(set(f"{stem:09d}")) == 1 else 1)


@given(st.from_regex(r"\d{11}", fullmatch=True))
def test_what_is_shown_reads_as_the_same(digits: str) -> None:
    tax_id = found_in(digits)
    if tax_id is not None:
        assert parse(shown(tax_id)) == tax_id
