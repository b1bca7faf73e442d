"""Every kind of record that has a face of its own, one line a kind, in the order people think of
them; what screens know of kinds is derived from here."""

from __future__ import annotations

from agent_desktop.desk.session import PageKind
from agent_desktop.views.account.view import ACCOUNT_VIEW
from agent_desktop.views.interaction.view import INTERACTION_VIEW
from agent_desktop.views.kit.kind_view import KindView
from agent_desktop.views.service_order.view import SERVICE_ORDER_VIEW
from agent_desktop.views.ticket.view import TICKET_VIEW

KIND_VIEWS: tuple[KindView, ...] = (
    ACCOUNT_VIEW,
    TICKET_VIEW,
    SERVICE_ORDER_VIEW,
    INTERACTION_VIEW,
)

_BY_TABLE = {view.kind.name: view for view in KIND_VIEWS}
_BY_WORD = {view.word: view for view in KIND_VIEWS if view.word} | _BY_TABLE
_BY_PAGE = {view.page_kind: view for view in KIND_VIEWS if view.page}
_BY_FORM = {view.form_kind: view for view in KIND_VIEWS if view.form}

#: {page: dotted name of its class} of all kinds.
PAGES: dict[PageKind, str] = {
    shown: name
    for view in KIND_VIEWS
    for shown, name in ((view.page_kind, view.page), (view.form_kind, view.form))
    if shown is not None
}

#: The forms that are opened for an account that is already known.
FORMS_OF_ACCOUNT = tuple(view for view in KIND_VIEWS if view.form and view.kind.owned)

#: {table of codes: {code: text}} that the kinds bring along.
CODES = {table: words for view in KIND_VIEWS for table, words in view.codes.items()}


def of_table(table: str) -> KindView | None:
    """The view of the kind with this table."""
    return _BY_TABLE.get(table)


def of_word(word: str) -> KindView | None:
    """The view of a kind that a search or a worklist names by its page's word or its table."""
    return _BY_WORD.get(word)


def of_page(page: PageKind) -> KindView | None:
    """The view of the kind whose record this page shows."""
    return _BY_PAGE.get(page)


def page_text(page: PageKind) -> object:
    """What the page or form of a kind is called, to be said by `said`; "" for other pages."""
    if page in _BY_FORM:
        return _BY_FORM[page].new
    return _BY_PAGE[page].one if page in _BY_PAGE else ""
