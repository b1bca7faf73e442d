"""Links to telephone numbers: what is offered, what is refused, and any text at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.system.links import LONGEST_LINK, LinkedNumber, LinkRefused, parse


@pytest.mark.parametrize(
    ("link", "number", "extension"),
    [
        ("tel:+55-11-98765-4321", "+5511987654321", ""),
        ("TEL:+1-201-555-0123", "+12015550123", ""),
        ("tel:+5511987654321;ext=102", "+5511987654321", "102"),
        ("tel:+551132229000;isub=12;EXT=1-2", "+551132229000", "12"),
        # The context says where a local number is valid; it need not be a prefix.
        ("tel:863-1234;phone-context=+1-914-555", "8631234", ""),
        ("tel:7042;phone-context=example.com", "7042", ""),
        ("tel:(11)%203222-9000", "1132229000", ""),
        ("tel:(11) 3222 9000", "1132229000", ""),
        ("tel://190", "190", ""),
        ("tel:+55 11 3222‑9000", "+551132229000", ""),
        ("callto:+5511987654321", "+5511987654321", ""),
        ("callto://+5511987654321?call", "+5511987654321", ""),
        ("sip:+5511987654321@pbx.example;user=phone", "+5511987654321", ""),
        ("sip:+551132229000;ext=7@pbx.example;transport=tls", "+551132229000", "7"),
        ("sips:1042:secret@pbx.example:5061?subject=x", "1042", ""),
    ],
)
def test_the_number_of_a_link(link: str, number: str, extension: str) -> None:
    assert parse(link) == LinkedNumber(number, extension)


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("", "scheme"),
        ("5511987654321", "scheme"),
        ("http://example.com/tel:1", "scheme"),
        ("javascript:tel:1", "scheme"),
        ("tel", "scheme"),
        ("tel:", "not_a_number"),
        ("tel:;ext=1", "not_a_number"),
        ("tel:+", "not_a_number"),
        ("tel:1-800-FLOWERS", "not_a_number"),
        ("tel:++55", "not_a_number"),
        ("tel:55+11", "not_a_number"),
        ("tel:١٢٣", "not_a_number"),
        ("tel:1%0d%0aX", "not_a_number"),
        ("tel:1\n2", "not_a_number"),
        ("tel:%ff", "not_a_number"),
        ("tel:%2531", "not_a_number"),
        ("tel:" + "1" * 33, "not_a_number"),
        ("tel:*21*5511987654321%23", "feature_code"),
        ("tel:%2a%2306%23", "feature_code"),
        ("sip:*72@pbx.example", "feature_code"),
        ("sip:rita@pbx.example", "not_a_number"),
        ("sip:pbx.example", "not_a_number"),
        ("callto:some.name", "not_a_number"),
        ("tel:" + "1" * LONGEST_LINK, "too_long"),
    ],
)
def test_what_is_refused(link: str, code: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        parse(link)
    assert refused.value.code == code


LINKS = st.one_of(
    st.text(max_size=600),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["tel:", "sip:", "SIPS:", "callto://", "tel: "]),
            st.text(alphabet="+0123456789-.()%;=@*#/? extAB\n\0é٣", max_size=60),
        ),
    ),
)


@given(LINKS)
def test_any_text_is_a_dialable_number_or_refused(link: str) -> None:
    try:
        found = parse(link)
    except LinkRefused:
        return
    assert re.fullmatch(r"\+?[0-9]{1,32}", found.number)
    assert re.fullmatch(r"[0-9]{0,10}", found.extension)
