"""One exception per meaning. Anyone may import this module; it imports nothing of ours.

AgentDesktopError
├── Refused               a rule says no; carries {field: reason code} to show at the fields
├── CentreUnreachable     the central database does not answer
├── SignInFailed          the person could not be signed in; carries a reason code
├── StoreDamaged          a local file cannot be opened or fails its checks
├── DiskFull              there is no room for a local file; nothing was kept of what failed
├── StoreNewer            a local file was written by a newer release of this program
├── KeyringUnavailable    the system's keyring is missing or locked
└── PhoneFailed           the phone process refused an order; carries a reason code
"""

from __future__ import annotations

from collections.abc import Mapping


class AgentDesktopError(Exception):
    """The root of all errors this program raises on purpose."""


class Refused(AgentDesktopError):
    """A rule says no.

    `reasons` maps a field name ("" for the whole record) to a reason code that
    `views/words/wording.py` turns into words; `details` fills the places in these words.
    """

    def __init__(self, reasons: Mapping[str, str], **details: object) -> None:
        super().__init__(", ".join(f"{field or '*'}: {code}" for field, code in reasons.items()))
        self.reasons = dict(reasons)
        self.details = details


class CentreUnreachable(AgentDesktopError):
    """The central database does not answer; the work goes on with the local files.

    `code` is unreachable, or says why the server that answers is not believed to be the centre:
    centre_untrusted, centre_name, centre_expired, centre_no_tls, root_certificate_unreadable.
    too_many_passwords: an edge looks at none of this user's for a while (hub/login_throttle.py).
    password_in_doubt: it stopped answering while it changed a password (sync/password.py).
    """

    def __init__(self, words: str = "", code: str = "unreachable") -> None:
        super().__init__(words)
        self.code = code


class SignInFailed(AgentDesktopError):
    """Sign-in failed; `code` is one of wrong_password, unreachable, lease_expired,
    never_signed_in_here, agent_disabled, clock_set_back, keyring_missing,
    file_of_another_agent (the local.db was copied from somebody else), old_password_needed and
    old_password_wrong (the password was changed elsewhere, the files here open with the old one),
    file_of_newer_release (the user went back a release; local.db waits for the newer one),
    password_ended (`details` has the least `length` of another one), or one of
    CentreUnreachable's when a server answers that is not proven to be the centre."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class StoreDamaged(AgentDesktopError):
    """A local file cannot be opened with its key, or its contents fail their checks."""


class StoreNewer(AgentDesktopError):
    """A local file was written by a newer release of this program; nothing in it was touched."""


class DiskFull(AgentDesktopError):
    """There is no room on this computer's disk: nothing was kept of the save that failed."""

    code = "disk_full"


class KeyringUnavailable(AgentDesktopError):
    """The system's keyring is missing or locked; keys then live as long as the process."""


class PhoneFailed(AgentDesktopError):
    """The phone process refused an order; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
