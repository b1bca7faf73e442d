from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_desktop.sync.merge import merge

BASE = {"email": "a@x", "note": "", "street": "Rua A", "city": "Recife", "postcode": "1"}


def test_different_fields_merge() -> None:
    merged = merge(BASE, {"email": "b@x"}, {**BASE, "note": "VIP"})
    assert merged.values == {**BASE, "email": "b@x", "note": "VIP"}
    assert not merged.conflicts


def test_the_same_field_changed_differently_is_a_conflict_and_stays_theirs() -> None:
    merged = merge(BASE, {"email": "b@x", "note": "n"}, {**BASE, "email": "c@x"})
    assert merged.conflicts == {"email"}
    assert merged.values == {**BASE, "email": "c@x", "note": "n"}


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    assert not merge(BASE, {"email": "b@x"}, {**BASE, "email": "b@x"}).conflicts


def test_an_address_is_one_unit() -> None:
    merged = merge(BASE, {"street": "Rua B"}, {**BASE, "city": "Olinda"})
    assert {"street", "city", "postcode"} <= merged.conflicts
    assert merged.values["street"] == "Rua A"


def test_a_whole_address_of_one_side_is_taken() -> None:
    merged = merge(BASE, {"street": "Rua B", "city": "Olinda"}, BASE)
    assert merged.values["city"] == "Olinda"


fields = st.sampled_from(sorted(BASE))
versions = st.dictionaries(fields, st.sampled_from("pqr"))


@settings(max_examples=100, deadline=None)
@given(versions, versions)
def test_no_change_is_lost_without_being_told(mine: dict[str, str], theirs: dict[str, str]) -> None:
    merged = merge(BASE, mine, {**BASE, **theirs})
    for field, value in mine.items():
        if value != BASE[field]:
            assert merged.values[field] == value or field in merged.conflicts
    for field, value in theirs.items():
        if (
            field not in mine
            and field not in merged.conflicts
            and field
            not in (
                "street",
                "city",
                "postcode",
            )
        ):
            assert merged.values[field] == value
