"""Which devices the telephone uses, and how loud it rings."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from agent_desktop.telephony.sound import SoundChoice, SoundDevice, SoundState
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.layout import row
from agent_desktop.views.widgets.text import Text

_STEP = 10


class SoundChoiceBlock(Block):
    """Three devices and a volume. `chosen(SoundChoice)` comes with each change, `ring_wanted`
    when somebody wants to hear it ring."""

    chosen = Signal(object)
    ring_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sound_choice", self.tr("Headset and ringer"), "headset", parent)
        self._choice = SoundChoice()
        self._there = SoundState()
        self.headset = Field(self.tr("Headset: hear callers"), name="sound.headset", choices=())
        self.microphone = Field(
            self.tr("Microphone: be heard"), name="sound.microphone", choices=()
        )
        self.ringer = Field(self.tr("Ring on"), name="sound.ringer", choices=())
        for field in (self.headset, self.microphone, self.ringer):
            field.edited.connect(self._on_edited)
            self.body.addWidget(field)
        self._make_volume()
        self._missing = Text("", Role.SMALLB, Tone.WARN, wrap=True, name="sound.missing")
        self.body.addWidget(self._missing)

    def _make_volume(self) -> None:
        self.volume = QSlider(Qt.Orientation.Horizontal, self)
        self.volume.setObjectName("sound.ring_volume")
        self.volume.setAccessibleName(self.tr("Ring volume"))
        self.volume.setRange(0, 100)
        self.volume.setSingleStep(_STEP)
        self.volume.setPageStep(_STEP)
        self.volume.valueChanged.connect(self._on_edited)
        self._percent = Text("", Role.SMALL, Tone.TEXT2, name="sound.ring_percent")
        self.ring = Button(self.tr("Try it"), icon_name="bell", name="sound.try_ring", small=True)
        self.ring.setAccessibleName(self.tr("Ring for a moment"))
        self.ring.clicked.connect(self.ring_wanted)
        self.body.addWidget(Text(self.tr("Ring volume"), Role.SMALL, Tone.TEXT2))
        line = row(self.volume, self._percent, self.ring, gap=10)
        line.setStretch(0, 1)
        self.body.addLayout(line)

    def show_choice(self, choice: SoundChoice) -> None:
        """What is wanted."""
        self._choice = choice
        self.volume.blockSignals(True)
        self.volume.setValue(choice.ring_volume)
        self.volume.blockSignals(False)
        self._show_all()

    def show_state(self, state: SoundState) -> None:
        """What is there, and what is in use instead of what is wanted."""
        if state != self._there:
            self._there = state
            self._show_all()

    def _show_all(self) -> None:
        choice, devices = self._choice, self._there.devices
        plays = [device for device in devices if device.can_play]
        records = [device for device in devices if device.can_record]
        usual, same = self.tr("The system's choice"), self.tr("Same as the headset")
        for field, wanted, there, first in (
            (self.headset, choice.headset, plays, usual),
            (self.microphone, choice.microphone, records, usual),
            (self.ringer, choice.ringer, plays, same),
        ):
            field.set_choices([("", first), *self._entries(wanted, there)])
            field.set_value(wanted)
        self._percent.say(
            self.tr("silent") if not choice.ring_volume else f"{choice.ring_volume} %"
        )
        self._missing.say(self._words_for_missing())
        self._missing.setVisible(bool(self._there.missing))

    def _entries(self, wanted: str, there: list[SoundDevice]) -> list[tuple[str, str]]:
        entries = [(device.id, device.name) for device in there]
        if wanted and wanted not in {device.id for device in there}:
            # What was chosen stays the choice while it is unplugged.
            entries.append((wanted, self.tr("{0} (not there)").format(wanted)))
        return entries

    def _words_for_missing(self) -> str:
        if not self._there.missing:
            return ""
        missing = ", ".join(self._there.missing)
        in_use = next((d.name for d in self._there.devices if d.id == self._there.headset), "")
        words = self.tr("Not plugged in: {0}. In use meanwhile: {1}.")
        return words.format(missing, in_use or self.tr("The system's choice"))

    def _on_edited(self) -> None:
        made = replace(
            self._choice,
            headset=self.headset.value(),
            microphone=self.microphone.value(),
            ringer=self.ringer.value(),
            ring_volume=self.volume.value(),
        )
        if made != self._choice:
            self.show_choice(made)
            self.chosen.emit(made)
