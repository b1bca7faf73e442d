"""Drafts of a local.db written before the house was rebuilt come back in today's pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.models.store.stores import Stores
from agent_desktop.views.kit.draft_keeper import text_of
from tests import given
from tests.sync.test_old_local import MARINA, OLD, TICKET
from tests.views.conftest import Workplace


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """The old file's stores, with the records its drafts are about."""
    shutil.copyfile(OLD, tmp_path / "local.db")
    opened = given.some_stores(tmp_path)
    given.row(opened, "account", id=MARINA, number="100482999", name="Marina", active=True)
    given.row(opened, "ticket", id=TICKET, number="TK-20499", account_id=MARINA, status="open",
              subject="No supply", kind="request", level=1, assignee_id=given.AGENT.id)  # fmt: skip
    yield opened
    opened.close()


def typed(page: QWidget) -> set[str]:
    """Every text that stands in a field of the page, also in a sheet that is closed."""
    lines = {text_of(field) for field in page.findChildren(QLineEdit)}
    return lines | {text_of(field) for field in page.findChildren(QPlainTextEdit)}


@pytest.mark.parametrize(
    ("kind", "record", "texts"),
    [
        (PageKind.TICKET_NEW, None, {"Half a ticket", "d"}),
        (PageKind.ORDER_NEW, None, {"Half an order", "n"}),
        (PageKind.ACCOUNT_NEW, None, {"Half an account"}),
        (PageKind.TICKET, TICKET, {"Half a reply", "Half a ticket's note"}),
    ],
)
def test_what_was_half_typed_then_stands_in_the_page_now(
    workplace: Workplace, kind: PageKind, record: UUID | None, texts: set[str]
) -> None:
    session = workplace.session()
    mine = replace(session, id="session-7")
    workplace.desk.add(mine)
    page = workplace.page(kind, record or workplace.company.id("marina"), mine)
    workplace.until(lambda: texts <= typed(page))


def test_a_ticket_begun_from_an_account_comes_back_without_a_call(workplace: Workplace) -> None:
    page = workplace.page(PageKind.TICKET_NEW, MARINA)
    workplace.until(lambda: "Ticket of an account" in typed(page))
