"""The check before the first call: does the microphone hear me, do I hear the callers?"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.telephony.sound import Levels
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.level_meter import LevelMeter
from agent_desktop.views.widgets.text import Text

#: Speech into a headset is well above this; a breath or a fan is below.
_HEARD = 35


class SoundCheckBlock(Block):
    """Two meters and the echo test. `echo_wanted(bool)` starts and stops it, `passed` comes when
    the person says that it was heard."""

    echo_wanted = Signal(bool)
    passed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sound_check", self.tr("Check"), "mic", parent)
        self.is_running = False
        self._was_heard = False
        self.spoken = LevelMeter(self.tr("You"), name="sound.level_spoken")
        self.heard = LevelMeter(self.tr("Caller"), name="sound.level_heard")
        self._advice = Text("", Role.BODY, Tone.TEXT2, wrap=True, name="sound.advice")
        self.start = Button(
            self.tr("Hear yourself"), ButtonKind.PRIMARY, icon_name="mic", name="sound.echo"
        )
        self.start.clicked.connect(lambda: self.set_running(not self.is_running))
        self.good = Button(self.tr("I hear myself well"), icon_name="check", name="sound.good")
        self.good.clicked.connect(self._on_good)
        for title, meter in ((self.tr("You"), self.spoken), (self.tr("Caller"), self.heard)):
            self.body.addLayout(column(Text(title, Role.SMALL, Tone.TEXT2), meter, gap=3))
        self.body.addWidget(self._advice)
        self.body.addLayout(row(self.start, self.good, None, gap=8))
        self._say()

    def set_running(self, running: bool) -> None:
        """Start or stop the echo test."""
        if running is self.is_running:
            return
        self.is_running = running
        self._was_heard = False
        self.start.set_words(self.tr("Stop") if running else self.tr("Hear yourself"))
        self.start.set_look(ButtonKind.DEFAULT if running else ButtonKind.PRIMARY)
        self._say()
        self.echo_wanted.emit(running)

    def set_in_call(self, in_call: bool) -> None:
        """No echo test while somebody is on the line; the meters go on."""
        if in_call:
            self.set_running(False)
            self.start.set_off(self.tr("Not during a call"))
        else:
            self.start.set_on()

    def show_levels(self, levels: Levels) -> None:
        """How loud it is now."""
        self.spoken.show_level(levels.spoken)
        self.heard.show_level(levels.heard)
        if self.is_running and levels.spoken >= _HEARD and not self._was_heard:
            self._was_heard = True
            self._say()

    def _say(self) -> None:
        if not self.is_running:
            words = self.tr("Say a few words: you hear them a second later, as callers would.")
        elif self._was_heard:
            words = self.tr("The microphone hears you. Do you hear yourself?")
        else:
            words = self.tr("Say something ...")
        self._advice.say(words)
        self.good.setVisible(self.is_running)

    def _on_good(self) -> None:
        self.set_running(False)
        self.passed.emit()
