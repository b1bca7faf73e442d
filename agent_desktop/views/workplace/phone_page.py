"""Phone and sound: devices, the check before the first call, and what this phone can do."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from agent_desktop import __version__
from agent_desktop.settings import PRODUCT
from agent_desktop.telephony.call import Line
from agent_desktop.telephony.sound import Sound, SoundChoice
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.fact_rows import FactLine, FactRows
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.words import phone_words, wording
from agent_desktop.views.workplace.sound_check import SoundCheckBlock
from agent_desktop.views.workplace.sound_choice import SoundChoiceBlock

if TYPE_CHECKING:
    from agent_desktop.telephony.call import Call


class PhonePage(Page):
    """Everything about the telephone that is not a call."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._head = PageHead(self, name="phone.head")
        self.choice = SoundChoiceBlock(self)
        self.check = SoundCheckBlock(self)
        self._line = Block("line", self.tr("Line"), "phone", self)
        self._line_facts = FactRows(self, name="phone.line", label_width=130)
        self._line.body.addWidget(self._line_facts)
        self._about = Block("about", self.tr("About"), "info", self)
        self._about_facts = FactRows(self, name="phone.about", label_width=130)
        self._about.body.addWidget(self._about_facts)
        body = Columns(self, left=0, right=440)
        body.middle.addWidget(self.choice)
        body.middle.addWidget(self.check)
        body.right.addWidget(self._line)
        body.right.addWidget(self._about)
        self.setLayout(column(self._head, body, gap=0))
        self._join()

    def _join(self) -> None:
        phone = self.context.phone
        if phone is None:
            return
        self.choice.chosen.connect(self._on_chosen)
        self.choice.ring_wanted.connect(phone.try_ring)
        self.check.echo_wanted.connect(phone.echo_test)
        self.check.passed.connect(self._on_passed)
        phone.sound_changed.connect(self.choice.show_state)
        phone.sound_changed.connect(self._show_facts)
        phone.line_changed.connect(self._show_facts)
        phone.levels_changed.connect(self.check.show_levels)
        phone.call_changed.connect(self._on_call)

    # -- what the work area calls -----------------------------------------------------------
    def enter(self) -> None:
        """Say what the page is."""
        self._head.set_identity(
            self.tr("Phone and sound"),
            under=self.tr("Your headset, your line, and what this phone can do"),
            icon_name="headset",
        )
        self.say_title(self.tr("Settings"), self.tr("Phone and sound"))

    def reload(self) -> None:
        """Show what is known; nothing is asked of the database here."""
        phone = self.context.phone
        if phone is not None:
            self.choice.show_choice(phone.choice)
            self.choice.show_state(phone.sound)
            self.check.set_in_call(bool(phone.calls()))
            self._show_facts()

    def first_focus(self) -> QWidget | None:
        """The check."""
        return self.check.start

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """F5 shows it anew."""
        return {"page.refresh": self.reload}

    def showEvent(self, event: QShowEvent) -> None:
        """Meters live while they are seen."""
        super().showEvent(event)
        if self.context.phone is not None:
            self.context.phone.watch_levels(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: no meters, and no voice in the ear."""
        super().hideEvent(event)
        if self.context.phone is not None:
            self.check.set_running(False)
            self.context.phone.watch_levels(False)

    # -- what happens -----------------------------------------------------------------------
    def _on_chosen(self, choice: SoundChoice) -> None:
        if self.context.choose_sound is not None:
            self.context.choose_sound(choice)

    def _on_passed(self) -> None:
        if self.context.sound_checked is not None:
            self.context.sound_checked()

    def _on_call(self, _call: Call) -> None:
        if self.context.phone is not None:
            self.check.set_in_call(bool(self.context.phone.calls()))

    # -- facts ------------------------------------------------------------------------------
    def _show_facts(self) -> None:
        phone = self.context.phone
        if phone is None:
            return
        line = phone.line
        self._line_facts.set_facts(self._facts_of_line(line))
        sound = phone_words.sound_path(phone.sound.kind)
        lacks = phone_words.missing(line, phone.sound.kind)
        self._about_facts.set_facts(
            (
                FactLine(PRODUCT, __version__),
                FactLine(self.tr("Telephone"), line.engine),
                FactLine(self.tr("Sound"), sound, self._tone_of(phone.sound.kind)),
                FactLine(
                    self.tr("Headset keys"), phone.sound.keys or phone_words.no_keys(phone.sound)
                ),
                FactLine(
                    self.tr("Codecs"), ", ".join(name.partition("/")[0] for name in line.codecs)
                ),
                FactLine(self.tr("Lacks"), ", ".join(lacks), Tone.WARN),
                FactLine(self.tr("Window"), f"Qt {qVersion()}, Python {platform.python_version()}"),
                FactLine(self.tr("Licence"), "GPL-3.0-or-later"),
            )
        )

    def _tone_of(self, kind: Sound) -> Tone:
        return Tone.WARN if kind is Sound.NONE else Tone.TEXT

    def _facts_of_line(self, line: Line) -> tuple[FactLine, ...]:
        failure = wording.line_failure(line.code) if line.code else ""
        mailbox = self.tr("%n new message(s)", "", line.new_messages) if line.mailbox else ""
        encrypted = self.tr("encrypted, server checked") if line.encrypted else ""
        return (
            FactLine(self.tr("Extension"), line.extension),
            FactLine(self.tr("State"), phone_words.line_state(line.state)),
            FactLine(self.tr("Fault"), failure, Tone.BAD),
            FactLine(self.tr("Transport"), line.transport.upper()),
            FactLine(self.tr("Security"), encrypted, Tone.OK, "lock" if encrypted else ""),
            FactLine(self.tr("Voicemail"), mailbox),
        )
