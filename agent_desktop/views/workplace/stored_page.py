"""What this PC knows: sizes, numbers of records, dates, and what is not sent yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from agent_desktop.models.store import eviction, what_is_stored
from agent_desktop.views.kind_views import KIND_VIEWS
from agent_desktop.views.kit.kind_view import said
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.fact_rows import FactLine, FactRows
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from datetime import datetime

    from agent_desktop.models.store.changes import Changes
    from agent_desktop.models.store.what_is_stored import Known

_LABEL_WIDTH = 190


class KnownPage(Page):
    """Plain facts about the two files of this desk, counted when the page is opened."""

    KINDS = frozenset({"working_set"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._elsewhere = ""
        self._found: Known | None = None
        self._head = PageHead(self, name="known.head")
        self._blocks: dict[str, Block] = {}
        self._everybody = self._block("everybody", self.tr("Of everybody"), "users")
        self._in_full = self._block("in_full", self.tr("In full"), "database")
        self._room = self._block("room", self.tr("Room"), "archive")
        self._centre = self._block("centre", self.tr("The centre"), "cloud-check")
        self.make_room = Button(
            self.tr("Make room"), icon_name="archive", small=True, name="known.make_room"
        )
        self.make_room.setToolTip(
            self.tr("Customers not needed since yesterday go back to the directory")
        )
        self.make_room.clicked.connect(self._on_make_room)
        self.make_room.hide()
        self._blocks["room"].head_layout().addWidget(self.make_room)
        self._here = self._block("here", self.tr("Only here"), "cloud-upload")
        body = Columns(self, left=0, right=440)
        for key in ("everybody", "in_full"):
            body.middle.addWidget(self._blocks[key])
        for key in ("centre", "here", "room"):
            body.right.addWidget(self._blocks[key])
        self.setLayout(column(self._head, body, gap=0))

    def _block(self, key: str, title: str, icon: str) -> FactRows:
        block = self._blocks[key] = Block(key, title, icon, self)
        facts = FactRows(block, name=f"known.{key}", label_width=_LABEL_WIDTH)
        block.body.addWidget(facts)
        return facts

    # -- what the work area calls -----------------------------------------------------------
    def enter(self) -> None:
        """Say what the page is."""
        self._head.set_identity(
            self.tr("What this PC knows"),
            under=self.tr("Encrypted copies for work without the centre, and work not sent yet"),
            icon_name="database",
        )
        self.say_title(self.tr("Settings"), self.tr("What this PC knows"))

    def reload(self) -> None:
        """Count again."""
        self.context.background.run(what_is_stored.known).then(self.show_known, key="known")

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """F5 counts again."""
        return {"page.refresh": self.reload}

    def is_touched(self, changes: Changes) -> bool:
        """A look at figures does not follow each change; F5 does."""
        return changes.everything or bool(changes.kinds.get("working_set"))

    # -- facts ------------------------------------------------------------------------------
    def show_elsewhere(self, places: str) -> None:
        """Where else this agent is signed in, and since when; empty: nowhere."""
        if places != self._elsewhere:
            self._elsewhere = places
            if self._found is not None:
                self.show_known(self._found)

    def show_known(self, found: Known) -> None:
        self._found = found
        self._everybody.set_facts(_counted(found.directory))
        self._in_full.set_facts(
            (self._whose(found), *self._reasons(found), *_counted(found.records))
        )
        self.make_room.setVisible(bool(found.reasons.older))
        self._room.set_facts(self._room_facts(found))
        self._centre.set_facts(
            (
                FactLine(self.tr("All fetched anew"), _moment(found.loaded_at, self.tr("never"))),
                FactLine(self.tr("Last change"), _moment(found.changed_at, self.tr("none yet"))),
                FactLine(self.tr("Last heard of"), _moment(found.heard_at, "")),
                FactLine(self.tr("Signing in without it until"), _moment(found.good_until, "")),
                FactLine(
                    self.tr("Still to be fetched"), _number(found.wanted) if found.wanted else ""
                ),
                FactLine(self.tr("Also signed in at"), self._elsewhere),
            )
        )
        self._here.set_facts(self._unsent_facts(found))

    def _whose(self, found: Known) -> FactLine:
        """Of whom everything is here."""
        if not found.is_part:
            return FactLine(self.tr("Of whom"), self.tr("of everybody"))
        return FactLine(self.tr("Of whom"), self.tr("of those who were worked for here"))

    def _reasons(self, found: Known) -> tuple[FactLine, ...]:
        """Why they are here; a line for each reason there is."""
        why = found.reasons
        return tuple(
            FactLine(label, _number(count) if count else "")
            for label, count in (
                (self.tr("For own open work"), why.own_work),
                (self.tr("For work not sent"), why.unsent),
                (self.tr("Used within a day"), why.fresh),
                (self.tr("Used longer ago"), why.older),
            )
        )

    def _on_make_room(self) -> None:
        self.make_room.setEnabled(False)
        self.context.background.run(eviction.ask_for_room).then(self._on_asked)

    def _on_asked(self, _: object) -> None:
        self.make_room.setEnabled(True)
        self.context.desk.say("room_asked")

    def _room_facts(self, found: Known) -> tuple[FactLine, ...]:
        over = found.is_part and found.used_bytes > found.budget_bytes
        limit = _megabytes(found.budget_bytes) if found.is_part else ""
        return (
            FactLine(self.tr("Copy of the centre"), _megabytes(found.mirror_bytes)),
            FactLine(
                self.tr("Of it in use"), _megabytes(found.used_bytes),
                Tone.WARN if over else Tone.TEXT,
            ),
            FactLine(self.tr("Dropped from"), limit),
            FactLine(self.tr("Only here"), _megabytes(found.local_bytes)),
        )  # fmt: skip

    def _unsent_facts(self, found: Known) -> tuple[FactLine, ...]:
        unsent = _number(found.unsent) if found.unsent else self.tr("nothing")
        since = _moment(found.unsent_since, "") if found.unsent else ""
        returned = _number(found.returned) if found.returned else ""
        return (
            FactLine(self.tr("Not sent yet"), unsent, Tone.WARN if found.unsent else Tone.OK),
            FactLine(self.tr("The oldest of it"), since),
            FactLine(self.tr("Sent back"), returned, Tone.WARN),
            FactLine(self.tr("Drafts"), _number(found.drafts)),
        )


def _counted(counts: Mapping[str, int]) -> tuple[FactLine, ...]:
    """A line for each kind there is, its parts below it; what is in no view is not customers'."""
    words = {
        table: text
        for view in KIND_VIEWS
        for table, text in {view.kind.name: view.many, **view.parts}.items()
    }
    return tuple(
        FactLine(said(text), _number(counts[table]))
        for table, text in words.items()
        if table in counts
    )


def _number(count: int) -> str:
    return QLocale().toString(count)


def _megabytes(count: int) -> str:
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def _moment(at: datetime | None, without: str) -> str:
    return wording.moment(at) if at is not None else without
