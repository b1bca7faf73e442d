"""Features that this build of the SIP library lacks and another build has. Pure."""

from __future__ import annotations

from agent_desktop.telephony.call import Line
from agent_desktop.telephony.sound import Sound


def missing_features(line: Line, sound: Sound) -> tuple[str, ...]:
    """Codes of what is missing: tls, srtp, devices (no sound device of its own), opus; empty
    while no engine has told of itself."""
    if not line.engine:
        return ()
    missing = {
        "tls": bool(line.transports) and "tls" not in line.transports,
        "srtp": not line.has_srtp,
        "devices": sound is not Sound.NATIVE,
        "opus": bool(line.codecs) and not any(c.startswith("opus") for c in line.codecs),
    }
    return tuple(code for code, is_missing in missing.items() if is_missing)
