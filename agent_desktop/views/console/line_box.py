"""The line box of the console: lock, signal, extension, how well the call is heard, voicemail."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from agent_desktop.telephony.call import Line, LineState
from agent_desktop.telephony.quality import Quality
from agent_desktop.telephony.sound import Sound
from agent_desktop.views.console.console_state import ConsoleState
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text, plain_tip
from agent_desktop.views.words import wording

translate = QCoreApplication.translate
#: Below this many users are dissatisfied with what they hear (ITU-T G.107, annex B).
POOR_MOS = 3.6


class LineBox(QWidget):
    """A lock only while the sound of the call is encrypted; figures while it is measured."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console.line")
        self._lock = IconLabel("lock", Tone.CON_OK, 17, self)
        self._lock.setObjectName("console.lock")
        # The keys must not move when the sound of a call becomes encrypted.
        policy = self._lock.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._lock.setSizePolicy(policy)
        self._signal = IconLabel("signal", Tone.CON_TEXT2, 17, self)
        self._messages = IconLabel("voicemail", Tone.CON_WARN, 17, self)
        self._messages.setObjectName("console.messages")
        self._first = Text("", Role.CAPB, Tone.CON_TEXT2, self, name="console.extension")
        self._second = Text("", Role.CAP, Tone.CON_TEXT2, self, name="console.transport")
        self._second.setMinimumWidth(theme.px(76))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self._first)
        words.addWidget(self._second)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(7))
        for part in (self._lock, self._signal, self._messages):
            row.addWidget(part)
        row.addLayout(words)

    def show_view(self, view: ConsoleState) -> None:
        """The state of the line and of the call in front, in shape, colour and words."""
        line, call, quality = view.line, view.live, view.quality
        ready = line.state is LineState.READY
        encrypted = call is not None and call.encrypted
        is_poor = quality is not None and 0 < quality.mos < POOR_MOS
        self._signal.set("signal" if ready else "unplug", _line_tone(line))
        self._lock.setVisible(encrypted)
        self._messages.setVisible(line.new_messages > 0)
        self._first.say(self.tr("ext. {0}").format(line.extension or "–"))
        silent = ready and line.sound is Sound.NONE
        worries = silent or not ready or is_poor
        self._second.set_tone(Tone.CON_WARN if worries else Tone.CON_TEXT2)
        self._second.say(_words(line, quality, encrypted=encrypted))
        told = [*self._tips(line), *_quality_tips(quality)]
        if encrypted:
            told.insert(0, self.tr("The sound of this call is encrypted"))
        self.setToolTip(plain_tip("\n".join(part for part in told if part)))
        self.setAccessibleName(f"{self._first.text()}, {self._second.text()}")
        self.setAccessibleDescription(", ".join(part for part in told if part))

    def _tips(self, line: Line) -> tuple[str, ...]:
        count = line.new_messages
        messages = self.tr("%n new message(s) in the mailbox", "", count) if count else ""
        return wording.line_failure(line.code), line.sound_device, ", ".join(line.codecs), messages


def _line_tone(line: Line) -> Tone:
    if line.state is LineState.READY:
        return Tone.CON_OK
    return Tone.CON_BAD if line.state is LineState.FAILED else Tone.CON_WARN


def _words(line: Line, quality: Quality | None, *, encrypted: bool) -> str:
    if line.state is LineState.READY and line.sound is Sound.NONE:
        return translate("LineBox", "no sound device")
    if line.state is LineState.READY and quality is not None and quality.mos > 0:
        poor = translate("LineBox", "MOS {0} poor") if quality.mos < POOR_MOS else ""
        return (poor or translate("LineBox", "MOS {0}")).format(_figure(quality.mos, 1))
    if line.state is LineState.READY:
        parts = [line.transport.upper(), "SRTP" if encrypted else ""]
        return " · ".join(part for part in parts if part)
    return {
        LineState.OFF: translate("LineBox", "line off"),
        LineState.STARTING: translate("LineBox", "starting"),
        LineState.REGISTERING: translate("LineBox", "connecting"),
    }.get(line.state, translate("LineBox", "line failed"))


def _quality_tips(quality: Quality | None) -> tuple[str, ...]:
    """Every figure of the sound, each in a line."""
    if quality is None or quality.mos <= 0:
        return ()
    return (
        translate("LineBox", "Codec {0}").format(quality.codec) if quality.codec else "",
        translate("LineBox", "Lost {0} %").format(_figure(quality.lost_percent, 1)),
        translate("LineBox", "Jitter {0} ms").format(_figure(quality.jitter_milliseconds, 0)),
        translate("LineBox", "Delay {0} ms").format(_figure(quality.delay_milliseconds, 0)),
    )


def _figure(value: float, places: int) -> str:
    return QLocale().toString(value, "f", places)
