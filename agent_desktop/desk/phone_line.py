"""The agent's line: opened as the site's answer at sign-in and this PC's settings say."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from agent_desktop.desk.call_routing import CallRouting
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.rules.dial_plan import DialPlan
from agent_desktop.models.site.site import Site
from agent_desktop.settings import Settings
from agent_desktop.telephony.call import (
    AutoAnswer,
    DigitsBy,
    Line,
    LineSettings,
    LineState,
    Notice,
)
from agent_desktop.telephony.phone import Phone
from agent_desktop.telephony.sound import SoundChoice

#: So long the line waits for the window at most.
_PATIENCE_MILLISECONDS = 3_000


class PhoneLine(QObject):
    """Opens the line and follows what the phone tells of it; `site()` is asked each time, since
    the centre may give another password. `remembered` carries settings to be kept."""

    remembered = Signal(object)

    def __init__(
        self,
        phone: Phone,
        desk: Desk,
        call_routing: CallRouting,
        site: Callable[[], Site],
        settings: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._phone = phone
        self._desk = desk
        self._call_routing = call_routing
        self._site = site
        self._settings = settings
        self._is_awaited = True
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self._open_once)
        phone.choose_sound(sound_choice(settings))
        phone.line_changed.connect(self._on_line)
        phone.notice.connect(self._on_notice)

    def open_after(self, ready: SignalInstance) -> None:
        """Open the line when `ready` is told: the first call must not be slower than the others.
        A call that outlived the window is not kept waiting, and nothing waits for ever."""
        ready.connect(self._open_once)
        self._phone.call_changed.connect(self._open_once)
        self._patience.start()
        self._phone.start()

    def stop(self) -> None:
        """The shift is over: do not open the line any more."""
        self._patience.stop()
        # A window that becomes ready after this must not register the line again.
        self._is_awaited = False

    @Slot()
    def _open_once(self) -> None:
        if self._is_awaited:
            self.stop()
            self.open()

    def open(self) -> None:
        """Open the agent's line; calls that outlived the window come with it."""
        self._phone.open_line(line_settings(self._site(), self._settings))

    def choose_sound(self, choice: SoundChoice) -> None:
        """Use other sound devices from now on, and after the next start."""
        self._phone.choose_sound(choice)
        self.remembered.emit(as_settings(choice))

    def keep_checked(self, headset: str) -> None:
        """This headset was tried and found good."""
        self.remembered.emit({"sound_checked": headset})

    def _on_line(self, line: Line) -> None:
        if line.state in (LineState.READY, LineState.REGISTERING):
            self._call_routing.reconcile()

    def _on_notice(self, notice: Notice) -> None:
        if notice.code == "redial_wanted":
            self._call_routing.redial()
        else:
            self._desk.say(f"notice_{notice.code}", number=notice.number, detail=notice.detail)


def line_settings(site: Site, settings: Settings) -> LineSettings:
    """The agent's line. The secret comes from the centre and goes to the phone process only.

    Without a registrar it is the demo's line, which does not register and speaks UDP.
    """
    sip = site.sip
    return LineSettings(
        extension=site.agent.extension,
        registrar=sip.registrar,
        user=sip.user,
        secret=sip.secret,
        transport=sip.transport if sip.registrar else "udp",
        accepts_loopback=settings.accepts_loopback_calls,
        dial_to=settings.dial_to,
        authority=sip.authority,
        requires_srtp=sip.requires_srtp,
        digits_by=DigitsBy(sip.digits_by),
        auto_answer=tuple(AutoAnswer(rule.queue, rule.after_seconds) for rule in sip.auto_answer),
        emergency_numbers=DialPlan(site.dial_plan).emergency_numbers,
    )


def sound_choice(settings: Settings) -> SoundChoice:
    """The devices this person has chosen at this PC."""
    return SoundChoice(
        headset=settings.headset,
        microphone=settings.microphone,
        ringer=settings.ringer,
        ring_volume=settings.ring_volume,
    )


def as_settings(choice: SoundChoice) -> dict[str, str | int]:
    """The choice as settings to be kept."""
    return {
        "headset": choice.headset,
        "microphone": choice.microphone,
        "ringer": choice.ringer,
        "ring_volume": choice.ring_volume,
    }
