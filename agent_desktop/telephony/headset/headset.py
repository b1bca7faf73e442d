"""The keys and lamps of a USB headset: what a press means, and what the lamps should say. Pure.

The controls are those of the HID usage tables: telephony page 0x0B, lamps 0x08, buttons 0x09
(number 7 is "reject" by agreement of the makers), consumer 0x0C. Headsets differ in how their
hook switch behaves, and many repeat as a press what they were told by a lamp; the rules for both
stand in `HeadsetKeys`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from agent_desktop.telephony.headset.hid_report import Descriptor, ReportField, Usage, Way, split

TELEPHONY_PAGE = 0x0B
_LED, _BUTTON, _CONSUMER = 0x08, 0x09, 0x0C

#: A ring younger than this is not answered: the finger was on its way to something else.
RING_GRACE_SECONDS = 0.4
#: So long after its lamp went on a hook switch repeats what it was told; it is no press.
ECHO_SECONDS = 1.0
#: A hook "button" that stays down longer than this is a switch, whatever it calls itself.
HELD_SECONDS = 3.0


class Control(Enum):
    """A control of the headset that this program knows."""

    HOOK = "hook"
    FLASH = "flash"
    REDIAL = "redial"
    DROP = "drop"
    LINE = "line"
    MUTE = "mute"
    REJECT = "reject"
    VOLUME_UP = "volume_up"
    VOLUME_DOWN = "volume_down"
    CONSUMER_MUTE = "consumer_mute"


class HeadsetLamp(Enum):
    """The lamps and tones that a headset can be told to switch."""

    OFF_HOOK = "off_hook"
    RING = "ring"
    MUTE = "mute"
    HOLD = "hold"
    MICROPHONE = "microphone"


class HeadsetAction(Enum):
    """The agent's wish behind a press, as the phone stands now. MUTE and HOLD toggle.
    NOTHING: there is nothing to be done by this control now."""

    ANSWER = "answer"
    HANG_UP = "hang_up"
    REJECT = "reject"
    MUTE = "mute"
    HOLD = "hold"
    REDIAL = "redial"
    NOTHING = "nothing"


CONTROLS: dict[Control, Usage] = {
    Control.HOOK: Usage(TELEPHONY_PAGE, 0x20),
    Control.FLASH: Usage(TELEPHONY_PAGE, 0x21),
    Control.REDIAL: Usage(TELEPHONY_PAGE, 0x24),
    Control.DROP: Usage(TELEPHONY_PAGE, 0x26),
    Control.LINE: Usage(TELEPHONY_PAGE, 0x2A),
    Control.MUTE: Usage(TELEPHONY_PAGE, 0x2F),
    Control.REJECT: Usage(_BUTTON, 0x07),
    Control.VOLUME_UP: Usage(_CONSUMER, 0xE9),
    Control.VOLUME_DOWN: Usage(_CONSUMER, 0xEA),
    Control.CONSUMER_MUTE: Usage(_CONSUMER, 0xE2),
}
LAMPS: dict[HeadsetLamp, Usage] = {
    HeadsetLamp.OFF_HOOK: Usage(_LED, 0x17),
    HeadsetLamp.RING: Usage(_LED, 0x18),
    HeadsetLamp.MUTE: Usage(_LED, 0x09),
    HeadsetLamp.HOLD: Usage(_LED, 0x20),
    HeadsetLamp.MICROPHONE: Usage(_LED, 0x21),
}


@dataclass(frozen=True, slots=True)
class HeadsetPress:
    """One press on the headset, and what it asks for."""

    control: Control
    wish: HeadsetAction


@dataclass(frozen=True, slots=True)
class Shown:
    """The lamps that a headset should show. `in_call`: a call is up that is not ringing here, held
    or not; a held call stays off hook, or some headsets hang it up."""

    ringing: bool = False
    in_call: bool = False
    muted: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """Where a control or lamp lies: a value of a field."""

    field: ReportField
    index: int

    def is_on(self, payload: bytes) -> bool:
        """True if the control is on in a report of its id."""
        part = self.field
        if part.variable:
            bits = int.from_bytes(payload, "little") >> (part.offset + self.index * part.size)
            return bits & ((1 << part.size) - 1) != 0
        return self.index + part.minimum in part.values(payload)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where all controls and lamps of one device lie."""

    controls: Mapping[Control, ReportPlace]
    lamps: Mapping[HeadsetLamp, ReportPlace]
    lengths: Mapping[int, int]
    descriptor: Descriptor

    @property
    def is_headset(self) -> bool:
        """True if an agent can answer or mute a call with it."""
        return Control.HOOK in self.controls or Control.MUTE in self.controls


def layout_of(descriptor: Descriptor) -> Layout:
    """Find the controls and lamps; of two for one purpose the first."""
    inputs = [part for part in descriptor.fields if part.way is Way.INPUT]
    # A lamp that is chosen from a list is in no headset we know of.
    outputs = [part for part in descriptor.fields if part.way is Way.OUTPUT and part.variable]
    controls = {key: place for key, usage in CONTROLS.items() if (place := _find(inputs, usage))}
    lamps = {key: place for key, usage in LAMPS.items() if (place := _find(outputs, usage))}
    ids = {place.field.report_id for place in lamps.values()}
    lengths = {number: descriptor.lengths[Way.OUTPUT, number] for number in sorted(ids)}
    return Layout(controls, lamps, lengths, descriptor)


def _find(fields: list[ReportField], usage: Usage) -> ReportPlace | None:
    for part in fields:
        index = part.find(usage)
        if index is not None:
            return ReportPlace(part, index)
    return None


def lit(layout: Layout, shown: Shown) -> frozenset[HeadsetLamp]:
    """The lamps that are on. The microphone lamp stands in where there is none for mute."""
    mute = HeadsetLamp.MUTE if HeadsetLamp.MUTE in layout.lamps else HeadsetLamp.MICROPHONE
    wanted = {
        HeadsetLamp.OFF_HOOK: shown.in_call,
        HeadsetLamp.RING: shown.ringing,
        HeadsetLamp.HOLD: shown.held,
        mute: shown.muted,
    }
    return frozenset(lamp for lamp, on in wanted.items() if on and lamp in layout.lamps)


def lamp_reports(layout: Layout, shown: Shown) -> dict[int, bytes]:
    """Report id -> the whole report to write, its id (or 0) first; all other bits are 0."""
    bits = dict.fromkeys(layout.lengths, 0)
    for lamp in lit(layout, shown):
        place = layout.lamps[lamp]
        part = place.field
        bits[part.report_id] |= 1 << (part.offset + place.index * part.size)
    return {
        number: bytes([number]) + value.to_bytes(layout.lengths[number], "little")
        for number, value in bits.items()
    }


@dataclass(slots=True)
class HeadsetKeys:
    """Reports of one headset -> presses; it remembers what was down and what was shown.

    Times are seconds of one monotonic clock. A hook switch comes in three kinds. A *switch*
    (absolute, stays where it is) tells off hook and on hook, and follows the lamp: only what
    differs from the lamp is a press. A *button* (absolute, returns) and a *toggle* (relative)
    tell each press alike; what it means depends on the call. Some switches call themselves
    buttons: one that stays down is found out.
    """

    layout: Layout
    shown: Shown = Shown()
    _down: dict[Control, bool] = field(default_factory=dict)
    _last: dict[int, bytes] = field(default_factory=dict)
    _written: dict[int, bytes] = field(default_factory=dict)
    _rang_at: float = 0.0
    _lit_at: float = float("-inf")
    _hook_down_at: float = 0.0
    _is_switch: bool = False

    def show(self, shown: Shown, now: float) -> None:
        """The phone stands so from now on."""
        if shown.ringing and not self.shown.ringing:
            self._rang_at = now
        if shown.in_call and not self.shown.in_call:
            self._lit_at = now
        self.shown = shown

    def due(self) -> tuple[bytes, ...]:
        """The reports to be written so that the lamps show it; each is handed out once."""
        wanted = lamp_reports(self.layout, self.shown)
        changed = [key for key, report in wanted.items() if self._written.get(key) != report]
        self._written.update((key, wanted[key]) for key in changed)
        return tuple(wanted[key] for key in changed)

    def read(self, report: bytes, now: float) -> tuple[HeadsetPress, ...]:
        """The presses that a report tells; any bytes are taken."""
        number, payload = split(self.layout.descriptor, report)
        again = self._last.get(number) == payload
        self._last[number] = payload
        presses = []
        for control, place in self.layout.controls.items():
            if place.field.report_id != number:
                continue
            on, was = place.is_on(payload), self._down.get(control, False)
            self._down[control] = on
            wish = self._wish(control, place.field, (on, was, again), now)
            if wish is not None:
                presses.append(HeadsetPress(control, wish))
        return tuple(presses)

    def _wish(
        self, control: Control, part: ReportField, moved: tuple[bool, bool, bool], now: float
    ) -> HeadsetAction | None:
        """None: this is no press."""
        on, was, again = moved
        # A control that tells changes has been pressed again when the same report comes again.
        pressed = on and (not was or (part.relative and again))
        if control is Control.HOOK and not part.relative:
            return self._hook_wish(part, on, was, now)
        if control is Control.MUTE and not part.relative and not part.returns:
            return (
                self._meaning(control, now)
                if on is not was and on is not self.shown.muted
                else None
            )
        return self._meaning(control, now) if pressed else None

    def _hook_wish(
        self, part: ReportField, on: bool, was: bool, now: float
    ) -> HeadsetAction | None:
        if on is was:
            return None
        is_echo = now - self._lit_at < ECHO_SECONDS
        if on:
            self._hook_down_at = now
        elif part.returns and now - self._hook_down_at >= HELD_SECONDS:
            self._is_switch = True
        if part.returns and not self._is_switch:
            return self._meaning(Control.HOOK, now) if on and not is_echo else None
        if on is self.shown.in_call or is_echo:
            return None
        if not on:
            return HeadsetAction.HANG_UP
        wish = self._meaning(Control.HOOK, now)
        if wish is HeadsetAction.NOTHING:
            # It believes to be off hook now: the lamps tell it again that it is not.
            self._written.clear()
        return wish

    def _meaning(self, control: Control, now: float) -> HeadsetAction:
        """Return the meaning of a press, as the phone stands."""
        shown = self.shown
        rings = shown.ringing and now - self._rang_at >= RING_GRACE_SECONDS
        match control:
            case Control.HOOK:
                return (
                    HeadsetAction.HANG_UP
                    if shown.in_call
                    else HeadsetAction.ANSWER
                    if rings
                    else HeadsetAction.NOTHING
                )
            case Control.FLASH if shown.in_call:
                return (
                    HeadsetAction.NOTHING
                    if shown.ringing and not rings
                    else (HeadsetAction.ANSWER if rings else HeadsetAction.HOLD)
                )
            case Control.DROP if shown.in_call:
                return HeadsetAction.HANG_UP
            case Control.DROP | Control.REJECT if rings:
                return HeadsetAction.REJECT
            case Control.MUTE if shown.in_call:
                return HeadsetAction.MUTE
            case Control.CONSUMER_MUTE if (
                shown.in_call and Control.MUTE not in self.layout.controls
            ):
                return HeadsetAction.MUTE
            case Control.REDIAL if not shown.in_call and not shown.ringing:
                return HeadsetAction.REDIAL
        return HeadsetAction.NOTHING
