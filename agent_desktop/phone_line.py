"""What the phone is told to be: made of the site's answer at sign-in and of this PC's settings."""

from __future__ import annotations

from agent_desktop.models.dial_plan import DialPlan
from agent_desktop.models.site import Site
from agent_desktop.settings import Settings
from agent_desktop.telephony.call import AutoAnswer, DigitsBy, LineSettings
from agent_desktop.telephony.sound import SoundChoice


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
