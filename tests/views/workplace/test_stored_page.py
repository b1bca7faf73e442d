"""What this PC knows: the figures of the stores, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent_desktop.desk.session import PageKind
from agent_desktop.models.store.what_is_stored import Known
from agent_desktop.views.widgets.fact_rows import FactRows
from agent_desktop.views.workplace.stored_page import KnownPage
from tests.views.conftest import Workplace

FOUND = Known(
    is_part=True,
    directory={"account": 1_000_000, "phone": 3_038_601, "unit": 1_169_000, "meter": 1_169_000},
    records={"account": 51_000, "ticket": 8_143, "product": 20},
    held=51_000,
    wanted=3,
    mirror_bytes=623_000_000,
    used_bytes=620_000_000,
    budget_bytes=1_200_000_000,
    local_bytes=140_000,
    loaded_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
    unsent=2,
    unsent_since=datetime(2026, 11, 22, 9, tzinfo=UTC),
    drafts=1,
)


@pytest.fixture
def page(workplace: Workplace) -> KnownPage:
    made: KnownPage = workplace.page(PageKind.KNOWN)
    return made


def facts(page: KnownPage, block: str) -> dict[str, str]:
    rows = page.findChild(FactRows, f"known.{block}")
    assert rows is not None
    # The place's way to write thousands aside.
    return {fact.label: fact.value.replace(",", "") for fact in rows.shown}


def test_the_figures_stand_in_words(page: KnownPage) -> None:
    page.show_known(FOUND)
    assert facts(page, "everybody") == {
        "Accounts": "1000000", "Telephone numbers": "3038601",
        "Consumer units": "1169000", "Meters": "1169000",
    }  # fmt: skip
    assert facts(page, "in_full") == {
        "Of whom": "of those who were worked for here",
        "Accounts": "51000",
        "Tickets": "8143",
    }
    assert facts(page, "room")["Copy of the centre"] == "623.0 MB"
    assert facts(page, "room")["Dropped from"] == "1.2 GB"
    assert facts(page, "centre")["Last change"] == "none yet"
    assert facts(page, "centre")["Still to be fetched"] == "3"
    assert facts(page, "here")["Not sent yet"] == "2"


def test_a_whole_copy_says_so_and_is_never_dropped_from(page: KnownPage) -> None:
    page.show_known(replace(FOUND, is_part=False, held=0, wanted=0, unsent=0))
    assert facts(page, "in_full")["Of whom"] == "of everybody"
    assert "Dropped from" not in facts(page, "room")
    assert facts(page, "here")["Not sent yet"] == "nothing"
    assert "The oldest of it" not in facts(page, "here")


def test_f5_counts_again(page: KnownPage) -> None:
    refresh: Callable[[], None] = page.acts()["page.refresh"]
    assert refresh == page.reload


def test_where_else_the_agent_is_signed_in(page: KnownPage) -> None:
    page.show_known(FOUND)
    assert "Also signed in at" not in facts(page, "centre")
    page.show_elsewhere("PC2 since 09:12")
    assert facts(page, "centre")["Also signed in at"] == "PC2 since 09:12"
    page.show_elsewhere("")
    assert "Also signed in at" not in facts(page, "centre")
