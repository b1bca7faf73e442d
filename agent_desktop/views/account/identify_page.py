"""Who is calling? Matches with their reasons, questions with typed answers, one key to go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.store import search
from agent_desktop.views.account.acting_for import ActingForBlock
from agent_desktop.views.account.call_facts import CallFactsBlock
from agent_desktop.views.account.candidates import MatchList
from agent_desktop.views.account.centre_hits import CentreHits
from agent_desktop.views.account.glance import GlanceBlock
from agent_desktop.views.account.questioning import Questioning
from agent_desktop.views.account.verification import VerificationBlock
from agent_desktop.views.interaction.notes import NotesBlock
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.field import SearchField
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from uuid import UUID

    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.caller import Candidate
    from agent_desktop.models.account.record import Account
    from agent_desktop.models.account.values import Glance
    from agent_desktop.models.store.found import Found, Hit

#: Signs that make a search worth while.
SHORTEST_SEARCH = 2


class IdentifyPage(Page):
    """From the ring to the confirmed account."""

    KINDS = frozenset({"account", "phone", "contact"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._candidates: tuple[Candidate, ...] = ()
        self._hits: tuple[Hit, ...] = ()
        self._account_id: UUID | None = None
        self._fetch_soon = QTimer(self, singleShot=True, interval=0)
        self._fetch_soon.timeout.connect(self._fetch)
        self._build_blocks()
        self._build()

    # -- making -----------------------------------------------------------------------------
    def _build_blocks(self) -> None:
        self.facts = CallFactsBlock(self)
        self.glance = GlanceBlock(self)
        self.questions = VerificationBlock(self)
        self.questioning = Questioning(self.context, self.questions, self.take_focus, self)
        self.acting = ActingForBlock(self)
        self.acting.named.connect(self._on_acting_for)
        self.notes = NotesBlock(self.context, self)
        self.search = SearchField(
            self.tr("Name, CPF or CNPJ, phone, unit, meter, ticket, order or protocol"),
            self,
            name="identify.search",
        )
        self.search.textChanged.connect(self._on_typed)
        self.matches = MatchList("identify.match", self)
        self.matches.walked_from(self.search)
        self.matches.chosen.connect(self._on_chosen)
        self.centre = CentreHits(self.context, self)
        self.centre.chosen.connect(lambda stub: self._take_account(stub.id, stub))
        self._nothing = Text("", Role.BODY, Tone.TEXT2, wrap=True, name="identify.nothing")

    def _build(self) -> None:
        self._head = PageHead(self, name="identify.head")
        self.new_account = Button(
            self.tr("New account"), icon_name="user-plus", name="identify.new_account"
        )
        self.new_account.clicked.connect(self._on_new_account)
        self.anonymous = Button(
            self.tr("Anonymous call"), ButtonKind.TEXT, name="identify.anonymous"
        )
        self.anonymous.clicked.connect(self._on_anonymous)
        self._head.add_button(self.new_account)
        self._head.add_button(self.anonymous)
        self.confirm = Button(
            self.tr("Confirm account"),
            ButtonKind.PRIMARY,
            icon_name="user-check",
            key=self.tr("Ctrl+Enter"),
            name="identify.confirm",
        )
        self.confirm.clicked.connect(self.confirm_account)
        self.questions.body.addLayout(row(None, self.confirm))
        self._block = Block("candidates", self.tr("Candidates"), "users", self)
        for widget in (self.search, self._nothing, self.matches, self.centre):
            self._block.body.addWidget(widget)
        self._block.body.setSpacing(9)
        self.setLayout(column(self._head, self._columns(), gap=0))

    def _columns(self) -> Columns:
        made = Columns(self, left=312, right=368)
        made.left.addWidget(self.facts)
        made.left.addWidget(self.glance)
        made.middle.addWidget(self._block)
        made.right.addWidget(self.questions)
        made.right.addWidget(self.acting)
        made.right.addWidget(self.notes)
        return made

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Another session: start from what is known about its call."""
        self._account_id = None
        self._candidates = self._hits = ()
        self.search.clear()
        self.questioning.stop()
        self.glance.show_nothing()
        self.notes.open(self.session)
        self.say_title(self.tr("Interaction"), self.tr("Identify account"))

    def leave(self) -> None:
        """Hand what was written to the interaction before another session comes."""
        self.notes.close_notes()

    def reload(self) -> None:
        """Show the session again; its identification may have come in the meantime."""
        session = self.session
        self._show_state(session)
        if session is not None:
            self._show_session(session)

    def session_updated(self, session: Session) -> None:
        """The call, the matches or the answers changed."""
        self._show_state(session)
        self._show_session(session)
        self.notes.follow(session)

    def first_focus(self) -> QWidget | None:
        """The first question of a chosen account, else the matches, else the search."""
        return self.questions.next_field() or next(iter(self.matches.cards), self.search)

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Enter confirms; a new account may be asked for in the palette."""
        return {"form.send": self.confirm_account, "account.new": self._on_new_account}

    # -- showing ----------------------------------------------------------------------------
    def _show_state(self, session: Session | None) -> None:
        call = session.live_call if session else None
        if session is not None and session.is_ringing:
            words = self.tr("The call is ringing. Matches are prepared before you answer.")
        elif call is not None:
            words = self.tr("Ask what only the customer knows, and type the answers.")
        else:
            words = self.tr("Search by name, number or document.")
        self._head.set_identity(self.tr("Identify account"), under=words)
        self.facts.show_session(session)
        with_call = session is not None and bool(session.calls)
        for widget in (self.facts, self.questions, self.acting, self.anonymous):
            widget.setVisible(with_call)
        self.glance.setVisible(with_call and self._account_id is not None)
        self.notes.setVisible(session is not None and session.interaction is not None)

    def _show_session(self, session: Session) -> None:
        found = session.identification
        candidates = found.candidates if found is not None else ()
        if candidates != self._candidates or (found is not None and not candidates):
            self._candidates = candidates
            if not self.search.text().strip():
                self._show_candidates(found.nothing if found else "")
        chosen = session.account.id if session.account else None
        if chosen != self._account_id:
            self._choose_shown(session)
        self.questioning.follow(session)
        self.confirm.setEnabled(session.account is not None)
        self.acting.show_session(session)

    def _show_candidates(self, nothing: str = "") -> None:
        self._hits = ()
        self.matches.show_candidates(self._candidates)
        self._block.set_count(len(self._candidates))
        self._nothing.setVisible(not self._candidates)
        self._nothing.say(wording.no_candidates(nothing) if self.session else "")
        self.matches.mark(self._chosen_index())

    def _chosen_index(self) -> int | None:
        session = self.session
        for place, candidate in enumerate(self._candidates):
            contact_id = candidate.contact.id if candidate.contact else None
            account = session.account if session else None
            if account is None or candidate.account.id != account.id:
                continue
            if session is not None and contact_id == session.contact_id:
                return place
        return None

    def _choose_shown(self, session: Session) -> None:
        """The match of the session changed: its questions and its glance are fetched."""
        account = session.account
        self._account_id = account.id if account else None
        if not self._hits:
            self.matches.mark(self._chosen_index())
        self.glance.show_nothing()
        self.glance.setVisible(account is not None)
        if account is None:
            self.questioning.stop()
            return
        self._fetch_soon.start()

    def _fetch(self) -> None:
        """After the match was painted: other threads would take turns of the interpreter."""
        session = self.session
        if session is None or session.account is None or session.account.id != self._account_id:
            return
        self.questioning.begin(session, session.account.id)
        self.context.background.run(accounts.glance, session.account.id).then(
            self._show_glance, key="identify.glance"
        )

    def _show_glance(self, glance: Glance) -> None:
        if glance.account.id == self._account_id:
            self.glance.show_glance(glance)

    # -- choosing ---------------------------------------------------------------------------
    def _on_typed(self, text: str) -> None:
        self.centre.forget()
        if len(text.strip()) < SHORTEST_SEARCH:
            self._show_candidates()
            return
        self.context.background.run(search.find, text.strip()).then(
            self._show_found, key="identify.search"
        )

    def _show_found(self, found: Found) -> None:
        self._hits = tuple(hit for hit in found.hits if hit.account_id is not None)
        self.matches.show_hits(self._hits)
        self._block.set_count(len(self._hits))
        self._nothing.setVisible(not self._hits)
        self._nothing.say(self.tr("Nothing found. Try another number, or open a new account."))
        self.centre.follow(self.search.text().strip(), found)

    def _on_chosen(self, index: int) -> None:
        # The search is over: what comes next may take the keyboard.
        self.matches.cards[index].setFocus()
        if self._hits:
            hit = self._hits[index]
            if hit.account_id is not None:
                self._take_account(hit.account_id)
        elif self.session is not None:
            self.context.interaction_control.choose(self.session_id, self._candidates[index])
            self._focus_question()

    def _take_account(self, account_id: UUID, stub: Account | None = None) -> None:
        session = self.session
        if session is None or not session.calls:
            self.context.interaction_control.open_account(account_id, stub)
            return
        self.context.background.run(accounts.known, account_id, stub).then(
            partial(self.context.interaction_control.adopt, self.session_id)
        )

    def _focus_question(self) -> None:
        field = self.questions.next_field()
        if field is not None:
            field.setFocus()

    # -- going on ---------------------------------------------------------------------------
    def confirm_account(self) -> None:
        """The match is the caller. Without enough answers the account opens masked."""
        session = self.session
        if session is not None and session.account is not None:
            self.context.interaction_control.confirm(session.id)

    def _on_acting_for(self, name: str) -> None:
        self.context.interaction_control.act_for(self.session_id, name)

    def _on_new_account(self) -> None:
        self.go(PageKind.ACCOUNT_NEW)

    def _on_anonymous(self) -> None:
        self.context.interaction_control.stay_anonymous(self.session_id)
        self.notes.focus_notes()
