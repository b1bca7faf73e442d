"""Another password for an agent: at the centre, and for the keys at this desk.

The keys are kept under both passwords while the centre decides, so that whichever of both it
believes afterwards opens them, wherever the program or the network was cut off.
"""

from __future__ import annotations

from agent_desktop.errors import CentreUnreachable, Refused, SignInFailed
from agent_desktop.models.rules import password as passwords
from agent_desktop.models.rules.password import rule_from
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre, open_centre
from agent_desktop.sync.server import Server
from agent_desktop.system.credentials import DataKeys, KeySafe, WrongPassword


def change_password(server: Server, user: str, current: str, new: str, safe: KeySafe) -> None:
    """Take `new` instead of `current`; blocks. The centre gets a SCRAM verifier only.

    Raises Refused with what is wrong at the fields `current` and `new`, SignInFailed
    (agent_disabled), CentreUnreachable: nothing was changed, unless its code is
    password_in_doubt, for then nobody knows and one of both is good.
    """
    with _proven(server, user, current) as centre:
        rule = rule_from(centre.ask(questions.PASSWORD_RULE))
        wrong = passwords.faults(rule, user, current, new)
        if wrong:
            raise Refused(wrong, length=rule.length, most=passwords.LONGEST)
        # Before the centre decides: afterwards the program may be cut off at any line.
        keys = _keys(safe, user, current)
        if keys is not None:
            safe.wrap_also(user, new, keys)
        _take(centre, server, user, new)
    if keys is not None:
        safe.wrap(user, new, keys)
    # Somebody else's sign-in may be the one that is remembered at this computer.
    kept = safe.remembered()
    if kept is not None and kept.user == user:
        safe.remember(user, new)


def _proven(server: Server, user: str, current: str) -> Centre:
    """A line of its own: who sits at an unlocked desk must know the password all the same."""
    try:
        return open_centre(server, user, current)
    except SignInFailed as failed:
        if failed.code == "wrong_password":
            raise Refused({"current": "password_wrong"}) from None
        raise


def _keys(safe: KeySafe, user: str, current: str) -> DataKeys | None:
    """The keys as far as this password opens them; a sign-in deals with those it does not."""
    try:
        return safe.unwrap(user, current)
    except WrongPassword:
        return None


def _take(centre: Centre, server: Server, user: str, new: str) -> None:
    """Let the centre take it. When the answer is lost, a log-in tells."""
    from agent_desktop.sync.queries import scram_verifier

    try:
        centre.ask(questions.CHANGE_PASSWORD, scram_verifier(new))
    except CentreUnreachable as lost:
        # The only question that tells: does the new password open the centre?
        try:
            open_centre(server, user, new).close()
        except SignInFailed as failed:
            if failed.code == "wrong_password":
                raise lost from None
            raise
        except CentreUnreachable:
            raise CentreUnreachable(str(lost), "password_in_doubt") from None
