"""The pages as the design's pictures show them, made of the samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from PySide6.QtWidgets import QApplication

from agent_desktop.desk.interaction_control import InteractionControl
from agent_desktop.desk.session import PageKind, Place, Session
from agent_desktop.desk.sessions import Desk
from agent_desktop.views.kit.draft_keeper import DraftKeeper
from agent_desktop.views.kit.page import Context, Page, make_page
from tests.views import samples
from tests.views.stand_in import SampleBackground

ANSWERS: dict[str, Any] = {
    "draft.load": {},
    "draft.save": None,
    "draft.drop": None,
    "account.overview": samples.OVERVIEW,
    "account.glance": samples.GLANCE,
    "account.get": samples.MARINA,
    "verification.questions": samples.QUESTIONS,
    "ticket.view": samples.TICKET_VIEW,
    "service_order.view": samples.ORDER_VIEW,
    "worklist.home": samples.HOME,
    "worklist.mine": samples.WORK,
    "call_log.recent": samples.LOGGED_CALLS,
    "call_log.missed_unseen": 2,
    "call_log.mark_seen": None,
    "code_list.categories": samples.CATEGORIES,
    "code_list.reasons": (),
    "code_list.products": samples.PRODUCTS,
    "code_list.teams": (samples.FIELD_TEAM, samples.METER_TEAM),
    "interaction.note": samples.INTERACTION,
}


def context(background: SampleBackground | None = None, *sessions: Session) -> Context:
    """A desk with these sessions open, its background answering from samples."""
    answering = cast("Any", background or SampleBackground(dict(ANSWERS)))
    owner = QApplication.instance()
    desk = Desk(owner)
    for session in sessions:
        desk.add(session)
    interaction_control = InteractionControl(desk, answering, owner)
    drafts = DraftKeeper(answering, owner)
    return Context(
        desk, interaction_control, answering, drafts, lambda _number: None, lambda *_: ""
    )


def page(kind: PageKind, session: Session | None = None, record: object = None) -> Page:
    """A page of that kind, shown for a session."""
    made_for = context(None, *([session] if session else []))
    made = make_page(kind, made_for)
    place = Place(kind, cast("Any", record), session.id if session else "")
    made_for.desk.open(place)
    made.shown(place)
    return made


SHOTS: dict[str, Callable[[], Page]] = {
    "identify": lambda: page(PageKind.IDENTIFY, samples.RINGING_SESSION),
    "account": lambda: page(PageKind.ACCOUNT, samples.SESSION, samples.MARINA.id),
    "ticket": lambda: page(PageKind.TICKET, samples.SESSION, samples.TICKET.id),
    "ticket_new": lambda: page(PageKind.TICKET_NEW, samples.SESSION, samples.MARINA.id),
    "order": lambda: page(PageKind.ORDER, samples.SESSION, samples.ORDER.id),
    "order_new": lambda: page(PageKind.ORDER_NEW, samples.SESSION, samples.MARINA.id),
    "account_new": lambda: page(PageKind.ACCOUNT_NEW, samples.RINGING_SESSION),
    "home": lambda: page(PageKind.HOME),
    "worklist": lambda: page(PageKind.WORKLIST),
    "calls": lambda: page(PageKind.CALLS),
    "demo": lambda: page(PageKind.DEMO),
}
