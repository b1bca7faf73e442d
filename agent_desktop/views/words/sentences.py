"""Whole sentences for codes: what went wrong, and what a toast says; see `wording.py`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

#: Why something was refused, or failed. Places are filled from the refusal's details.
FAILURES: dict[str, object] = {
    "half_written": QT_TRANSLATE_NOOP("wording", "A form was begun and not saved"),
    # sign-in
    "wrong_password": QT_TRANSLATE_NOOP(
        "wording", "User or password is not right. Please type them again."
    ),
    "too_many_passwords": QT_TRANSLATE_NOOP(
        "wording",
        "Too many wrong passwords were typed for this user. Wait a minute, then try again.",
    ),
    "unreachable": QT_TRANSLATE_NOOP(
        "wording", "The server does not answer. Check its name and the network."
    ),
    "incomplete": QT_TRANSLATE_NOOP("wording", "Please fill in server, user and password."),
    "server_unreadable": QT_TRANSLATE_NOOP("wording", "This is no name of a server."),
    "fault": QT_TRANSLATE_NOOP("wording", "Something went wrong here. It was written to the log."),
    "unreachable_offline": QT_TRANSLATE_NOOP(
        "wording", "The server does not answer. You can work offline with what this computer knows."
    ),
    "lease_expired": QT_TRANSLATE_NOOP(
        "wording",
        "Offline work on this computer has ended: it was last in touch with the centre "
        "too long ago. Sign in once with the server reachable; nothing you saved is lost.",
    ),
    "never_signed_in_here": QT_TRANSLATE_NOOP(
        "wording",
        "You have never signed in on this computer. The first time needs the server, "
        "which does not answer now.",
    ),
    "agent_disabled": QT_TRANSLATE_NOOP(
        "wording", "This user may not sign in any more. Ask your supervisor."
    ),
    "password_ended": QT_TRANSLATE_NOOP(
        "wording", "This password is no longer good. Choose another one to go on."
    ),
    "password_wrong": QT_TRANSLATE_NOOP("wording", "This is not your present password"),
    "password_missing": QT_TRANSLATE_NOOP("wording", "Please fill this in"),
    "password_short": QT_TRANSLATE_NOOP("wording", "At least {length} characters"),
    "password_long": QT_TRANSLATE_NOOP("wording", "At most {most} characters"),
    "password_same": QT_TRANSLATE_NOOP("wording", "This is the password you have now"),
    "password_has_name": QT_TRANSLATE_NOOP("wording", "Your user name must not be part of it"),
    "password_simple": QT_TRANSLATE_NOOP("wording", "At least 5 different characters"),
    "password_differs": QT_TRANSLATE_NOOP("wording", "This is not the same as above"),
    "password_needs_centre": QT_TRANSLATE_NOOP(
        "wording",
        "The centre does not answer, and only it can change a password. Nothing was changed.",
    ),
    "set_aside_wrong": QT_TRANSLATE_NOOP("wording", "This password does not open it"),
    "set_aside_locked": QT_TRANSLATE_NOOP(
        "wording", "This computer no longer has its key; only your administrator can open it"
    ),
    "set_aside_needs_centre": QT_TRANSLATE_NOOP(
        "wording", "The centre does not answer. Everything stays here; try again later."
    ),
    "set_aside_not_taken": QT_TRANSLATE_NOOP(
        "wording", "The centre did not take it. Everything stays here; tell your administrator."
    ),
    "password_in_doubt": QT_TRANSLATE_NOOP(
        "wording",
        "The centre stopped answering in the middle. Use the new password the next time; if it is "
        "not taken, the old one is still good.",
    ),
    "old_password_needed": QT_TRANSLATE_NOOP(
        "wording",
        "Your password was changed. Type the old one too: what you saved on this computer "
        "opens with it.",
    ),
    "old_password_wrong": QT_TRANSLATE_NOOP(
        "wording",
        "This old password does not open what you saved on this computer. If nobody knows it, "
        "go on without it: your work stays here, locked, and your administrator can open it.",
    ),
    "centre_untrusted": QT_TRANSLATE_NOOP(
        "wording",
        "The server cannot prove who it is: its certificate is not of an authority known "
        "here. Nothing was sent to it. Tell your administrator.",
    ),
    "centre_name": QT_TRANSLATE_NOOP(
        "wording",
        "The server shows the certificate of another server. Nothing was sent to it. Check "
        "the server's name, then tell your administrator.",
    ),
    "centre_expired": QT_TRANSLATE_NOOP(
        "wording",
        "The server's certificate is out of date, or the clock of this computer is wrong. "
        "Nothing was sent to the server. Tell your administrator.",
    ),
    "centre_no_tls": QT_TRANSLATE_NOOP(
        "wording",
        "No encrypted connection to the server is possible. Nothing was sent to it. Tell "
        "your administrator.",
    ),
    "root_certificate_unreadable": QT_TRANSLATE_NOOP(
        "wording",
        "The file with the certificate of your company's authority is missing or cannot be "
        "read. Tell your administrator.",
    ),
    "clock_set_back": QT_TRANSLATE_NOOP(
        "wording",
        "The clock of this computer is behind the last time seen. Set it right, then sign in.",
    ),
    "keyring_missing": QT_TRANSLATE_NOOP(
        "wording",
        "This computer has no keyring that answers. You can sign in with the server, but "
        "not offline and not remembered.",
    ),
    "store_damaged": QT_TRANSLATE_NOOP(
        "wording",
        "A file of this program is damaged. It was set aside; what the centre knows is "
        "loaded again.",
    ),
    "file_of_another_agent": QT_TRANSLATE_NOOP(
        "wording",
        "The file on this computer belongs to another person. "
        "Sign in once with the server reachable.",
    ),
    "file_of_newer_release": QT_TRANSLATE_NOOP(
        "wording",
        "The work kept on this computer was written by a newer release of this program. It is "
        "safe and untouched; install that release again to go on.",
    ),
    # the line
    "sip_401": QT_TRANSLATE_NOOP(
        "wording", "The telephone system does not accept the password of your line."
    ),
    "sip_403": QT_TRANSLATE_NOOP("wording", "The telephone system refuses your line."),
    "sip_404": QT_TRANSLATE_NOOP("wording", "The telephone system does not know your extension."),
    "sip_408": QT_TRANSLATE_NOOP("wording", "The telephone system does not answer."),
    "sip_503": QT_TRANSLATE_NOOP("wording", "The telephone system is out of service."),
    "tls_untrusted": QT_TRANSLATE_NOOP(
        "wording", "The telephone system's certificate is not of an authority known here."
    ),
    "tls_expired": QT_TRANSLATE_NOOP(
        "wording", "The telephone system's certificate is out of date. Tell your administrator."
    ),
    "tls_name": QT_TRANSLATE_NOOP(
        "wording", "The telephone system shows another server's certificate."
    ),
    "tls_no_authority": QT_TRANSLATE_NOOP(
        "wording", "The file of the site's certificate authority cannot be read."
    ),
    "tls_failed": QT_TRANSLATE_NOOP(
        "wording", "No encrypted connection to the telephone system is possible."
    ),
    "engine_lost": QT_TRANSLATE_NOOP("wording", "The phone stopped and is being started again."),
    "already_running": QT_TRANSLATE_NOOP(
        "wording", "Another window of this program already has the phone."
    ),
    "too_many_calls": QT_TRANSLATE_NOOP("wording", "No more calls at once are possible."),
    "engine_restarted": QT_TRANSLATE_NOOP(
        "wording", "The phone stopped and is being started again."
    ),
    "engine_failed": QT_TRANSLATE_NOOP(
        "wording", "The phone stops again and again. Attempts go on."
    ),
    "port_in_use": QT_TRANSLATE_NOOP(
        "wording", "Another program has the port of the telephone line."
    ),
    "unknown_transport": QT_TRANSLATE_NOOP(
        "wording", "The line is set to a transport that is not known."
    ),
    "runtime_folder": QT_TRANSLATE_NOOP("wording", "The folder of the phone is not safe to use."),
    "order_failed": QT_TRANSLATE_NOOP("wording", "The phone could not do this."),
    "attached_elsewhere": QT_TRANSLATE_NOOP(
        "wording", "Another window of this program has taken the phone."
    ),
    # sync
    "centre_fault": QT_TRANSLATE_NOOP(
        "wording", "The centre answers with a fault. Work goes on here; attempts go on."
    ),
    "centre_older": QT_TRANSLATE_NOOP(
        "wording",
        "The centre has an older release than this program. What you save is sent; news comes "
        "once the centre has been updated.",
    ),
    "desk_fault": QT_TRANSLATE_NOOP(
        "wording", "Sending fails for a fault of this program. It was written to the log."
    ),
    "disk_full": QT_TRANSLATE_NOOP(
        "wording",
        "The disk of this computer is full, so nothing more can be kept. What you typed stays "
        "on the screen: make room, then save again.",
    ),
    "malformed": QT_TRANSLATE_NOOP("wording", "The centre could not read this"),
    "too_large": QT_TRANSLATE_NOOP("wording", "This is too long to be sent"),
    "incomplete_unit": QT_TRANSLATE_NOOP("wording", "What belongs together is sent together"),
    "out_of_bounds": QT_TRANSLATE_NOOP("wording", "This time is not possible"),
    # rules
    "numbers_used_up": QT_TRANSLATE_NOOP(
        "wording",
        "No numbers are left on this computer. They come by themselves when the server answers.",
    ),
    "unknown_record": QT_TRANSLATE_NOOP("wording", "This record is not known here."),
    "unknown_account": QT_TRANSLATE_NOOP("wording", "This account is not known."),
    "unknown": QT_TRANSLATE_NOOP("wording", "Not known"),
    "missing": QT_TRANSLATE_NOOP("wording", "Please fill this in"),
    "required": QT_TRANSLATE_NOOP("wording", "Please fill this in"),
    "too_long": QT_TRANSLATE_NOOP("wording", "Too long"),
    "not_a_number": QT_TRANSLATE_NOOP("wording", "Not a number"),
    "not_a_date": QT_TRANSLATE_NOOP("wording", "Not a date"),
    "wrong_check_digit": QT_TRANSLATE_NOOP("wording", "Check digit is wrong"),
    "wrong_length": QT_TRANSLATE_NOOP("wording", "A CPF has 11 digits, a CNPJ 14 places"),
    "wrong_email": QT_TRANSLATE_NOOP("wording", "This is not an e-mail address"),
    "wrong_phone": QT_TRANSLATE_NOOP("wording", "This is not a telephone number"),
    "duplicate_tax_id": QT_TRANSLATE_NOOP(
        "wording", "An account with this CPF or CNPJ exists already"
    ),
    "duplicate_number": QT_TRANSLATE_NOOP("wording", "This number is taken already"),
    "duplicate_protocol": QT_TRANSLATE_NOOP("wording", "This protocol number is taken already"),
    "not_yours": QT_TRANSLATE_NOOP("wording", "Another person works on this"),
    "not_allowed": QT_TRANSLATE_NOOP("wording", "Your role may not do this"),
    "reason_missing": QT_TRANSLATE_NOOP("wording", "Choose a reason first"),
    "complaint_type_missing": QT_TRANSLATE_NOOP("wording", "A complaint needs its regulated type"),
    "handover_missing": QT_TRANSLATE_NOOP("wording", "Say what the next level must know"),
    "already_escalated": QT_TRANSLATE_NOOP("wording", "It is at the second level already"),
    "closed": QT_TRANSLATE_NOOP("wording", "It is closed"),
    "not_editable": QT_TRANSLATE_NOOP("wording", "This can no longer be changed"),
    "wrong_state": QT_TRANSLATE_NOOP("wording", "Not possible in this state"),
    "items_missing": QT_TRANSLATE_NOOP("wording", "Add an item first"),
    "depends_on_refused": QT_TRANSLATE_NOOP("wording", "What it belongs to was refused"),
    "conflict": QT_TRANSLATE_NOOP("wording", "Somebody else changed the same field"),
    "set_aside": QT_TRANSLATE_NOOP(
        "wording", "The centre failed at this several times. It was set aside, the rest was sent."
    ),
    "too_many_tries": QT_TRANSLATE_NOOP("wording", "Too many wrong answers to this question"),
    "read_only": QT_TRANSLATE_NOOP("wording", "Can only be read here"),
    "unreadable_number": QT_TRANSLATE_NOOP("wording", "This is not a telephone number"),
    "wrong_format": QT_TRANSLATE_NOOP("wording", "This is not written the right way"),
    "unknown_word": QT_TRANSLATE_NOOP("wording", "Choose one of the list"),
    "unknown_field": QT_TRANSLATE_NOOP("wording", "This field is not known here"),
    "unknown_kind": QT_TRANSLATE_NOOP("wording", "This kind of work is not known at the centre"),
    "duplicate_record": QT_TRANSLATE_NOOP("wording", "This exists already"),
    "changed_elsewhere": QT_TRANSLATE_NOOP("wording", "Somebody else changed it meanwhile"),
    "other_account": QT_TRANSLATE_NOOP("wording", "This belongs to another account"),
    "not_second_level": QT_TRANSLATE_NOOP("wording", "This team is not at the second level"),
    "not_changeable": QT_TRANSLATE_NOOP("wording", "This can not be changed here"),
    "not_asked": QT_TRANSLATE_NOOP("wording", "This question is not asked here"),
    "unreadable": QT_TRANSLATE_NOOP("wording", "The answer cannot be read"),
    "not_positive": QT_TRANSLATE_NOOP("wording", "Must be more than nothing"),
    "negative": QT_TRANSLATE_NOOP("wording", "Must not be below zero"),
    "no_warranty": QT_TRANSLATE_NOOP("wording", "No warranty covers this"),
    "no_contract": QT_TRANSLATE_NOOP("wording", "No contract covers this"),
    "wrong_postcode": QT_TRANSLATE_NOOP("wording", "A postcode has 8 digits"),
}

#: Toasts: what has just happened.
TOASTS: dict[str, object] = {
    "ticket_created": QT_TRANSLATE_NOOP("wording", "Ticket {number} created"),
    "ticket_saved": QT_TRANSLATE_NOOP("wording", "Ticket {number} saved"),
    "ticket_escalated": QT_TRANSLATE_NOOP("wording", "Ticket {number} given to {team}"),
    "ticket_resolved": QT_TRANSLATE_NOOP("wording", "Ticket {number} solved"),
    "order_created": QT_TRANSLATE_NOOP("wording", "Service order {number} created"),
    "order_moved": QT_TRANSLATE_NOOP("wording", "Service order {number}: {state:order_state}"),
    "account_created": QT_TRANSLATE_NOOP("wording", "Account {number} created"),
    "account_saved": QT_TRANSLATE_NOOP("wording", "{name} saved"),
    "do_not_call_kept": QT_TRANSLATE_NOOP("wording", "{number}: from now on calling asks first"),
    "do_not_call_ended": QT_TRANSLATE_NOOP("wording", "{number} may be called again"),
    "stays_anonymous": QT_TRANSLATE_NOOP("wording", "The contact stays without an account"),
    "interaction_moved": QT_TRANSLATE_NOOP(
        "wording", "Moved to {name} with everything written in it"
    ),
    "interaction_finished": QT_TRANSLATE_NOOP("wording", "Contact {protocol} finished"),
    "half_written": QT_TRANSLATE_NOOP(
        "wording", "This was begun and not saved. Save it, or press F12 again to leave it."
    ),
    "call_still_up": QT_TRANSLATE_NOOP("wording", "The call is still up. Hang up first (Ctrl+F9)."),
    "not_saved": QT_TRANSLATE_NOOP("wording", "Not saved: {why}"),
    "not_identified": QT_TRANSLATE_NOOP("wording", "The caller could not be looked up: {why}"),
    "not_refreshed": QT_TRANSLATE_NOOP("wording", "Not loaded again: what you see is older"),
    "notice_transfer_failed": QT_TRANSLATE_NOOP(
        "wording", "{number} did not take the call. It is on hold again: F8 talks on."
    ),
    "notice_leave_needs_two": QT_TRANSLATE_NOOP(
        "wording", "More than two others cannot go on without you. Drop somebody first."
    ),
    "notice_digits_failed": QT_TRANSLATE_NOOP("wording", "The keys did not reach the other side"),
    "notice_sound_changed": QT_TRANSLATE_NOOP("wording", "Sound comes from {detail} now"),
    "notice_sound_failed": QT_TRANSLATE_NOOP(
        "wording", "The sound device does not work. Choose another one."
    ),
    "notice_attached_elsewhere": QT_TRANSLATE_NOOP("wording", "Another window has the phone"),
    "notice_engine_restarted": QT_TRANSLATE_NOOP("wording", "The phone was started again"),
    "notice_engine_failed": QT_TRANSLATE_NOOP("wording", "The phone stops again and again"),
    "notice_order_failed": QT_TRANSLATE_NOOP("wording", "The phone could not do this"),
    "notice_line_pending": QT_TRANSLATE_NOOP(
        "wording", "The line is connected anew when no call is up"
    ),
    "notice_stranger_refused": QT_TRANSLATE_NOOP("wording", "A call from a stranger was refused"),
    "notice_too_many_calls": QT_TRANSLATE_NOOP(
        "wording", "Call from {number} refused: too many at once"
    ),
    "notice_dial_refused": QT_TRANSLATE_NOOP("wording", "{number} cannot be dialled now"),
    "notice_already_running": QT_TRANSLATE_NOOP("wording", "Another window has the phone"),
    "copied": QT_TRANSLATE_NOOP("wording", "{text} copied"),
    "call_hung_up_here": QT_TRANSLATE_NOOP("wording", "Call ended"),
    "call_hung_up_there": QT_TRANSLATE_NOOP("wording", "The other side hung up"),
    "call_declined": QT_TRANSLATE_NOOP("wording", "Call from {number} declined"),
    "call_declined_queue": QT_TRANSLATE_NOOP(
        "wording", "Call from {number} declined: it goes back to the queue {queue}"
    ),
    "call_declined_there": QT_TRANSLATE_NOOP("wording", "{number} declined the call"),
    "call_unknown_number": QT_TRANSLATE_NOOP("wording", "The number {number} does not exist"),
    "call_incomplete_number": QT_TRANSLATE_NOOP("wording", "The number {number} is not complete"),
    "call_not_permitted": QT_TRANSLATE_NOOP("wording", "Your line may not call {number}"),
    "call_no_common_sound": QT_TRANSLATE_NOOP(
        "wording", "{number} and this phone know no common kind of sound"
    ),
    "call_out_of_service": QT_TRANSLATE_NOOP(
        "wording", "The network could not connect {number}. Try again later."
    ),
    "call_transferred": QT_TRANSLATE_NOOP("wording", "Call handed over"),
    "call_not_checked": QT_TRANSLATE_NOOP(
        "wording", "{number} was not called: whether it may be called could not be checked. {why}"
    ),
    "call_missed": QT_TRANSLATE_NOOP("wording", "Missed call from {number}"),
    "call_busy": QT_TRANSLATE_NOOP("wording", "{number} is busy"),
    "call_no_answer": QT_TRANSLATE_NOOP("wording", "{number} does not answer"),
    "call_failed": QT_TRANSLATE_NOOP("wording", "{number} could not be reached"),
    "call_lost": QT_TRANSLATE_NOOP("wording", "The call was lost. Call back with one key."),
    "reveal_needs_centre": QT_TRANSLATE_NOOP(
        "wording", "Only the centre can show this. Offline now."
    ),
    "record_gone": QT_TRANSLATE_NOOP("wording", "You may no longer see this record"),
    "set_aside_sent": QT_TRANSLATE_NOOP("wording", "Work brought back and sent: {sent}"),
    "set_aside_sent_some": QT_TRANSLATE_NOOP(
        "wording", "Work brought back and sent: {sent}. For your administrator: {left}"
    ),
    "set_aside_given": QT_TRANSLATE_NOOP("wording", "Your administrator has it now"),
    "password_changed": QT_TRANSLATE_NOOP("wording", "Password changed"),
    "room_asked": QT_TRANSLATE_NOOP(
        "wording", "Customers not needed since yesterday go back to the directory"
    ),
    "not_revealed": QT_TRANSLATE_NOOP("wording", "The centre does not show this"),
}
