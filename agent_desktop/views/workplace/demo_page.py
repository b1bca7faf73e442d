"""The demo's own page: ask somebody to call, and read what they will answer."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from agent_desktop.views.kit.page import Context, DemoCaller, Page
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Panel
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.shapes import Avatar
from agent_desktop.views.widgets.text import Text

COLUMNS = 2
ICONS = {
    "known": "user-check",
    "unknown": "user-x",
    "withheld": "ban",
    "shared": "users",
    "life_support": "octagon-alert",
    "russian": "languages",
    "company": "building-2",
    "inactive": "archive",
}


class CallerCard(Panel):
    """One caller: what is special, what they answer, and the button that makes them call."""

    def __init__(self, caller: DemoCaller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon = ICONS.get(caller.kind, "phone-incoming")
        tone = Tone.BAD if caller.kind == "life_support" else Tone.ACCENT
        about = Text(caller.about, Role.BODY, Tone.TEXT2, wrap=True)
        texts = column(None, Text(caller.title, Role.H3), about, gap=3)
        if caller.answers:
            texts.addWidget(
                Text(caller.answers, Role.SMALLB, Tone.TEXT, wrap=True, selectable=True)
            )
        texts.addStretch(1)
        self.call = Button(
            self.tr("Call"), ButtonKind.SOFT, icon_name="phone-incoming", name=f"demo.{caller.kind}"
        )
        words = self.tr("Let {who} call").format(who=caller.title)
        self.call.setAccessibleName(words)
        line = row(Avatar("", tone, 36, icon_name=icon), texts, self.call, gap=12)
        line.setStretch(1, 1)
        line.setContentsMargins(14, 12, 14, 12)
        self.setLayout(line)


class DemoPage(Page):
    """The next call. `demo_call_requested(kind)` asks for it."""

    demo_call_requested = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._head = PageHead(self, name="demo.head")
        self._head.set_identity(
            self.tr("Demo: the next call"),
            under=self.tr("A real call over SIP, with sound, from a person of the demo company"),
            icon_name="phone-incoming",
        )
        body = Columns(self, left=0, right=0)
        grid = QGridLayout()
        grid.setSpacing(12)
        self.cards: list[CallerCard] = []
        for number, caller in enumerate(context.callers or self._without_names()):
            card = CallerCard(caller, self)
            card.call.clicked.connect(partial(self._on_call, caller.kind))
            self.cards.append(card)
            grid.addWidget(card, number // COLUMNS, number % COLUMNS)
        body.middle.addLayout(grid)
        self._told = Text("", Role.BODYB, Tone.TEXT2, name="demo.told")
        body.middle.addWidget(self._told)
        self.setLayout(column(self._head, body, gap=0))

    def enter(self) -> None:
        """Say what the page is."""
        self.say_title(self.tr("Demo"), self.tr("The next call"))

    def first_focus(self) -> QWidget | None:
        """The first caller."""
        return self.cards[0].call if self.cards else None

    def _on_call(self, kind: str) -> None:
        self._told.say(self.tr("The call comes in a moment. F9 answers it."))
        self.demo_call_requested.emit(kind)
        if self.context.call_from is not None:
            self.context.call_from(kind)

    def _without_names(self) -> tuple[DemoCaller, ...]:
        """The kinds of calls there are, when nobody said who they are."""
        return (
            DemoCaller(
                "known",
                self.tr("Known caller"),
                self.tr("One account matches; two answers verify the caller."),
            ),
            DemoCaller(
                "unknown", self.tr("Unknown number"), self.tr("Nobody matches: search, or new.")
            ),
            DemoCaller(
                "withheld", self.tr("Number withheld"), self.tr("There is no number to look for.")
            ),
            DemoCaller(
                "shared",
                self.tr("Shared number"),
                self.tr("Three accounts have this number; the program does not choose."),
            ),
            DemoCaller(
                "life_support",
                self.tr("Life support"),
                self.tr("The account has a person on a breathing machine."),
            ),
        )
