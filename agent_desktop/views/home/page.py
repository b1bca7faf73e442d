"""Home: how the day is going, what is to be done, what is still open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.models.work import worklist
from agent_desktop.views.home.work_list import WorkListBlock
from agent_desktop.views.home.worklist_page import open_item
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block, Panel
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import Avatar
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.ticker import site_now
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.models.store.changes import Changes
    from agent_desktop.models.work.values import HomeFigures, WorkItem


#: How soon changed sessions are shown: when a ring has opened its page, this one rests.
LOOK_MS = 100


class FigureCard(Panel):
    """One figure with what it means."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._title = title
        self.figure = Text("–", Role.KPI, Tone.TEXT, tabular=True, name=f"{name}.figure")
        self._unit = Text("", Role.SMALL, Tone.TEXT2)
        self._under = Text("", Role.SMALL, Tone.TEXT2)
        figures = row(self.figure, self._unit, None, gap=6)
        self.setLayout(
            column(
                Text(title, Role.SMALL, Tone.TEXT2),
                figures,
                self._under,
                gap=2,
                margins=(14, 11, 14, 11),
            )
        )

    def show_figure(
        self, figure: str, under: str = "", unit: str = "", tone: Tone = Tone.TEXT
    ) -> None:
        """Show a figure; its accessible name says it whole."""
        self.figure.set_tone(tone)
        self.figure.say(figure)
        self._unit.say(unit)
        self._under.say(under)
        self.setAccessibleName(f"{self._title}: {figure} {unit}. {under}")


class HomePage(Page):
    """Figures, worklist, open interactions."""

    KINDS = frozenset({"ticket", "service_order", "interaction", "work_item"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._head = PageHead(self, name="home.head")
        self.handled = FigureCard("home.handled", self.tr("Contacts handled today"), self)
        self.length = FigureCard("home.length", self.tr("Average handling time"), self)
        self.first = FigureCard("home.first", self.tr("Closed at the first contact"), self)
        self.breach = FigureCard("home.breach", self.tr("My tickets near breach"), self)
        self.list = WorkListBlock(self)
        self.list.opened.connect(self._on_opened)
        self.list.retry_requested.connect(self.reload)
        self.open_block = Block("open", self.tr("Open interactions"), "phone-call", self)
        self._open_rows = QVBoxLayout()
        self._open_rows.setSpacing(8)
        self.open_block.body.addLayout(self._open_rows)
        body = Columns(self, left=0, right=330)
        body.above.addLayout(row(self.handled, self.length, self.first, self.breach, gap=12))
        body.middle.addWidget(self.list)
        body.right.addWidget(self.open_block)
        self.setLayout(column(self._head, body, gap=0))
        self._soon = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._soon.timeout.connect(self._look)
        context.desk.sessions_changed.connect(self._on_sessions)

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Greet; bars until the first answer."""
        self._greet()
        self.list.start_loading()
        self.say_title(self.tr("Work area"), self.tr("Home"))

    def reload(self) -> None:
        """Ask for figures and work."""
        self._greet()
        self._show_sessions(self.context.desk.sessions)
        background = self.context.background
        background.run(worklist.home).then(self._show_figures, key="home.figures")
        background.run(worklist.mine).then(self._show_work, failed=self._on_failed, key="home.work")

    def is_touched(self, changes: Changes) -> bool:
        """Any ticket, order or contact may change the figures."""
        return changes.everything or any(changes.kinds.get(kind) for kind in self.KINDS)

    def first_focus(self) -> QWidget | None:
        """The worklist."""
        return self.list.table

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """F5 asks again."""
        return {"page.refresh": self.reload}

    # -- showing ----------------------------------------------------------------------------
    def _greet(self) -> None:
        now = datetime.now().astimezone()
        if now.hour < 12:
            words = self.tr("Good morning")
        elif now.hour < 18:
            words = self.tr("Good afternoon")
        else:
            words = self.tr("Good evening")
        stores = getattr(self.context.background, "stores", None)
        name = stores.site.agent.name.split()[0] if stores is not None else ""
        greeting = self.tr("{greeting}, {name}").format(greeting=words, name=name)
        under = wording.weekday(now.date())
        self._head.set_identity(greeting if name else words, under=under)

    def _show_figures(self, figures: HomeFigures) -> None:
        open_ones = self.tr("%n open", "", figures.open_interactions)
        self.handled.show_figure(str(figures.handled), open_ones)
        seconds = figures.handling_seconds
        none = self.tr("nothing finished yet today")
        length = f"{seconds // 60}:{seconds % 60:02d}" if seconds is not None else "–"
        unit = self.tr("min") if seconds is not None else ""
        self.length.show_figure(length, self.tr("today") if unit else none, unit)
        percent = figures.first_contact_percent
        self.first.show_figure(
            str(percent) if percent is not None else "–",
            self.tr("no open ticket left") if percent is not None else none,
            "%" if percent is not None else "",
        )
        tone = Tone.BAD if figures.near_breach else Tone.OK
        following = self.tr("%n open ticket(s)", "", figures.open_tickets)
        if figures.next_breach_at is not None:
            left = (figures.next_breach_at - site_now()).total_seconds()
            following = self.tr("next in {time}").format(time=wording.countdown(left))
        self.breach.show_figure(str(figures.near_breach), following, tone=tone)

    def _show_work(self, items: tuple[WorkItem, ...]) -> None:
        self.list.show_items(items)

    def _on_failed(self, _error: Exception) -> None:
        self.list.show_error(self.tr("The worklist could not be read"))

    def _on_sessions(self, _sessions: tuple[Session, ...]) -> None:
        """A ring changes the sessions several times and then the page: look once, after that."""
        self._soon.start()

    def _look(self) -> None:
        if self.isVisible():
            self._show_sessions(self.context.desk.sessions)
        else:
            self._stale = True

    def _show_sessions(self, sessions: tuple[Session, ...]) -> None:
        self.open_block.set_count(len(sessions))
        if sessions:
            self.open_block.show_ready()
        else:
            self.open_block.show_empty(self.tr("No open interaction"))
        self._fill_rows(sessions)

    @refills("_open_rows")
    def _fill_rows(self, sessions: tuple[Session, ...]) -> None:
        for session in sessions:
            self._open_rows.addLayout(self._session_row(session))

    def _session_row(self, session: Session) -> QVBoxLayout:
        name = session.account.name if session.account else self.tr("Unknown caller")
        words = self._session_state(session)
        button = Button(name, ButtonKind.GHOST, name=f"home.session.{session.id}", small=True)
        button.clicked.connect(partial(self.context.desk.select, session.id))
        texts = row(Avatar(name, Tone.ACCENT, 28), button, None, gap=4)
        texts.addWidget(Text(words, Role.SMALL, Tone.TEXT2))
        return column(texts, gap=0)

    def _session_state(self, session: Session) -> str:
        if session.is_ringing:
            return self.tr("ringing")
        if session.live_call is not None:
            return self.tr("on the line")
        return self.tr("wrap-up") if session.wrap_up_since else self.tr("open")

    def _on_opened(self, item: WorkItem) -> None:
        open_item(self.context, item)
