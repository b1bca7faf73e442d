"""The words for codes: one table a kind. `wording.py` looks them up and fills their places.

The words are English; Qt's translation turns them into the person's language when they are shown.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

TERMS: dict[str, dict[str, object]] = {
    "account_kind": {
        "person": QT_TRANSLATE_NOOP("wording", "Person"),
        "company": QT_TRANSLATE_NOOP("wording", "Company"),
    },
    "segment": {
        "residential": QT_TRANSLATE_NOOP("wording", "Residential"),
        "commercial": QT_TRANSLATE_NOOP("wording", "Commercial"),
        "industrial": QT_TRANSLATE_NOOP("wording", "Industrial"),
        "rural": QT_TRANSLATE_NOOP("wording", "Rural"),
        "public": QT_TRANSLATE_NOOP("wording", "Public sector"),
    },
    "stage": {
        "suspect": QT_TRANSLATE_NOOP("wording", "Suspect"),
        "candidate": QT_TRANSLATE_NOOP("wording", "Candidate"),
        "buyer": QT_TRANSLATE_NOOP("wording", "Buyer"),
        "client": QT_TRANSLATE_NOOP("wording", "Client"),
        "defender": QT_TRANSLATE_NOOP("wording", "Defender"),
    },
    "erp_state": {
        "active": QT_TRANSLATE_NOOP("wording", "Active ERP"),
        "inactive": QT_TRANSLATE_NOOP("wording", "Inactive ERP"),
        "none": QT_TRANSLATE_NOOP("wording", "Not integrated ERP"),
    },
    "phone_kind": {
        "mobile": QT_TRANSLATE_NOOP("wording", "Mobile"),
        "home": QT_TRANSLATE_NOOP("wording", "Home"),
        "work": QT_TRANSLATE_NOOP("wording", "Work"),
        "message": QT_TRANSLATE_NOOP("wording", "For messages"),
        "fax": QT_TRANSLATE_NOOP("wording", "Fax"),
    },
    "relation": {
        "holder": QT_TRANSLATE_NOOP("wording", "Contract holder"),
        "authorised": QT_TRANSLATE_NOOP("wording", "Authorised"),
        "family": QT_TRANSLATE_NOOP("wording", "Family"),
        "landlord": QT_TRANSLATE_NOOP("wording", "Landlord"),
        "tenant": QT_TRANSLATE_NOOP("wording", "Tenant"),
        "accountant": QT_TRANSLATE_NOOP("wording", "Accountant"),
        "manager": QT_TRANSLATE_NOOP("wording", "Manager"),
    },
    "fact": {
        "birth_on": QT_TRANSLATE_NOOP("wording", "Date of birth"),
        "tax_id": QT_TRANSLATE_NOOP("wording", "CPF or CNPJ"),
        "postcode": QT_TRANSLATE_NOOP("wording", "Postcode"),
        "last_bill": QT_TRANSLATE_NOOP("wording", "Last bill amount"),
        "meter_serial": QT_TRANSLATE_NOOP("wording", "Meter serial number"),
    },
    "fact_example": {
        "birth_on": QT_TRANSLATE_NOOP("wording", "day month year"),
        "tax_id": QT_TRANSLATE_NOOP("wording", "in full"),
        "postcode": QT_TRANSLATE_NOOP("wording", "8 digits"),
        "last_bill": QT_TRANSLATE_NOOP("wording", "amount with cents"),
        "meter_serial": QT_TRANSLATE_NOOP("wording", "as on the meter"),
    },
    "area": {
        "urban": QT_TRANSLATE_NOOP("wording", "Urban"),
        "rural": QT_TRANSLATE_NOOP("wording", "Rural"),
    },
    "voltage": {
        "low": QT_TRANSLATE_NOOP("wording", "Low voltage"),
        "medium": QT_TRANSLATE_NOOP("wording", "Medium voltage"),
        "high": QT_TRANSLATE_NOOP("wording", "High voltage"),
    },
    "supply": {
        "on": QT_TRANSLATE_NOOP("wording", "Supplied"),
        "cut": QT_TRANSLATE_NOOP("wording", "Supply cut"),
    },
    "ticket_kind": {
        "demand": QT_TRANSLATE_NOOP("wording", "Demand"),
        "request": QT_TRANSLATE_NOOP("wording", "Request"),
        "complaint": QT_TRANSLATE_NOOP("wording", "Regulated complaint"),
    },
    "priority": {
        "low": QT_TRANSLATE_NOOP("wording", "Low"),
        "normal": QT_TRANSLATE_NOOP("wording", "Normal"),
        "high": QT_TRANSLATE_NOOP("wording", "High"),
        "very_high": QT_TRANSLATE_NOOP("wording", "Very high"),
    },
    "ticket_status": {
        "open": QT_TRANSLATE_NOOP("wording", "Open"),
        "in_work": QT_TRANSLATE_NOOP("wording", "In work"),
        "waiting": QT_TRANSLATE_NOOP("wording", "Waiting customer"),
        "resolved": QT_TRANSLATE_NOOP("wording", "Solved"),
        "closed": QT_TRANSLATE_NOOP("wording", "Closed"),
        "second_level": QT_TRANSLATE_NOOP("wording", "2nd level"),
    },
    "note_kind": {
        "note": QT_TRANSLATE_NOOP("wording", "Note"),
        "handover": QT_TRANSLATE_NOOP("wording", "Hand-over"),
        "escalated": QT_TRANSLATE_NOOP("wording", "Escalated"),
        "accepted": QT_TRANSLATE_NOOP("wording", "Accepted"),
        "reply": QT_TRANSLATE_NOOP("wording", "Reply"),
        "resolved": QT_TRANSLATE_NOOP("wording", "Solution"),
        "moved": QT_TRANSLATE_NOOP("wording", "Moved to another account"),
    },
    "order_state": {
        "quotation": QT_TRANSLATE_NOOP("wording", "Quotation"),
        "order": QT_TRANSLATE_NOOP("wording", "Order"),
        "dispatched": QT_TRANSLATE_NOOP("wording", "Dispatched"),
        "confirmed": QT_TRANSLATE_NOOP("wording", "Confirmed"),
        "billed": QT_TRANSLATE_NOOP("wording", "Billed"),
        "cancelled": QT_TRANSLATE_NOOP("wording", "Cancelled"),
    },
    "item_kind": {
        "service": QT_TRANSLATE_NOOP("wording", "Service"),
        "part": QT_TRANSLATE_NOOP("wording", "Part"),
        "time": QT_TRANSLATE_NOOP("wording", "Working time"),
        "travel": QT_TRANSLATE_NOOP("wording", "Travel"),
    },
    "charge": {
        "charged": QT_TRANSLATE_NOOP("wording", "Charged"),
        "contract": QT_TRANSLATE_NOOP("wording", "Contract"),
        "warranty": QT_TRANSLATE_NOOP("wording", "Warranty"),
    },
    "channel": {
        "call": QT_TRANSLATE_NOOP("wording", "Call"),
        "email": QT_TRANSLATE_NOOP("wording", "E-mail"),
        "chat": QT_TRANSLATE_NOOP("wording", "Chat"),
        "fax": QT_TRANSLATE_NOOP("wording", "Fax"),
        "note": QT_TRANSLATE_NOOP("wording", "Note"),
    },
    "direction": {
        "inbound": QT_TRANSLATE_NOOP("wording", "inbound"),
        "outbound": QT_TRANSLATE_NOOP("wording", "outbound"),
    },
    "role": {
        "agent": QT_TRANSLATE_NOOP("wording", "Agent"),
        "second_level": QT_TRANSLATE_NOOP("wording", "Second level"),
        "supervisor": QT_TRANSLATE_NOOP("wording", "Supervisor"),
        "administrator": QT_TRANSLATE_NOOP("wording", "Administrator"),
    },
    "agent_state": {
        "logged_out": QT_TRANSLATE_NOOP("wording", "Logged out"),
        "ready": QT_TRANSLATE_NOOP("wording", "Available"),
        "not_ready": QT_TRANSLATE_NOOP("wording", "Not ready"),
        "offered": QT_TRANSLATE_NOOP("wording", "Ringing"),
        "talking": QT_TRANSLATE_NOOP("wording", "On a call"),
        "hold": QT_TRANSLATE_NOOP("wording", "Hold"),
        "wrap_up": QT_TRANSLATE_NOOP("wording", "Wrap-up"),
        "unknown": QT_TRANSLATE_NOOP("wording", "Not connected"),
    },
    # How a call ended (call_ending.py).
    "call_end": {
        "hung_up_here": QT_TRANSLATE_NOOP("wording", "Ended"),
        "hung_up_there": QT_TRANSLATE_NOOP("wording", "Ended by the other side"),
        "declined": QT_TRANSLATE_NOOP("wording", "Declined"),
        "declined_queue": QT_TRANSLATE_NOOP("wording", "Declined, back in the queue"),
        "declined_there": QT_TRANSLATE_NOOP("wording", "Declined by the other side"),
        "missed": QT_TRANSLATE_NOOP("wording", "Missed"),
        "busy": QT_TRANSLATE_NOOP("wording", "Busy"),
        "no_answer": QT_TRANSLATE_NOOP("wording", "No answer"),
        "unknown_number": QT_TRANSLATE_NOOP("wording", "This number does not exist"),
        "incomplete_number": QT_TRANSLATE_NOOP("wording", "This number is not complete"),
        "not_permitted": QT_TRANSLATE_NOOP("wording", "The line may not call this number"),
        "no_common_sound": QT_TRANSLATE_NOOP("wording", "No sound that both sides know"),
        "out_of_service": QT_TRANSLATE_NOOP("wording", "The network could not connect it"),
        "failed": QT_TRANSLATE_NOOP("wording", "Not reached"),
        "lost": QT_TRANSLATE_NOOP("wording", "The call was lost"),
        "transferred": QT_TRANSLATE_NOOP("wording", "Handed over"),
    },
    "call_state": {
        "dialling": QT_TRANSLATE_NOOP("wording", "ringing there"),
        "ringing": QT_TRANSLATE_NOOP("wording", "ringing"),
        "talking": QT_TRANSLATE_NOOP("wording", "talking"),
        "held": QT_TRANSLATE_NOOP("wording", "on hold"),
        "transferring": QT_TRANSLATE_NOOP("wording", "being handed over"),
        "ended": QT_TRANSLATE_NOOP("wording", "ended"),
    },
    "rank": {
        "best": QT_TRANSLATE_NOOP("wording", "Best match"),
        "possible": QT_TRANSLATE_NOOP("wording", "Possible"),
        "old_number": QT_TRANSLATE_NOOP("wording", "Old number"),
        "inactive": QT_TRANSLATE_NOOP("wording", "Inactive account"),
    },
    "asked": {
        "asking": QT_TRANSLATE_NOOP("wording", "Asking the centre..."),
        "found": QT_TRANSLATE_NOOP("wording", "Found at the centre"),
        "more": QT_TRANSLATE_NOOP("wording", "There are more. Type more of it."),
        "nothing": QT_TRANSLATE_NOOP("wording", "The centre knows nothing more"),
        "away": QT_TRANSLATE_NOOP("wording", "The centre is away: only what this PC knows"),
        "search_too_often": QT_TRANSLATE_NOOP(
            "wording", "Too many searches in one minute. Wait a moment, then type on."
        ),
        "search_too_short": QT_TRANSLATE_NOOP("wording", "Type at least 4 digits or 3 letters"),
        "failed": QT_TRANSLATE_NOOP(
            "wording", "The centre could not search: only what this PC knows"
        ),
    },
    "centre_match": {
        "name": "",
        "tax_id": QT_TRANSLATE_NOOP("wording", "Document"),
        "phone": QT_TRANSLATE_NOOP("wording", "Phone"),
        "unit": QT_TRANSLATE_NOOP("wording", "Unit"),
        "meter": QT_TRANSLATE_NOOP("wording", "Meter"),
        "protocol": QT_TRANSLATE_NOOP("wording", "Protocol"),
    },
    "no_candidates": {
        "withheld": QT_TRANSLATE_NOOP(
            "wording", "The caller hides the number. Ask who is calling."
        ),
        "internal": QT_TRANSLATE_NOOP("wording", "An internal call. Ask who is calling."),
        "unreadable": QT_TRANSLATE_NOOP(
            "wording", "The number cannot be read. Ask who is calling."
        ),
        "unknown_number": QT_TRANSLATE_NOOP("wording", "Nobody is known under this number."),
    },
    "match": {
        "mobile": QT_TRANSLATE_NOOP("wording", "Mobile number agrees"),
        "phone": QT_TRANSLATE_NOOP("wording", "Number agrees ({kind:phone_kind})"),
        "twin": QT_TRANSLATE_NOOP("wording", "Number agrees but for the ninth digit"),
        "tax_id": QT_TRANSLATE_NOOP("wording", "Typed CPF or CNPJ agrees"),
        "phone_and_tax_id": QT_TRANSLATE_NOOP("wording", "Number and typed CPF or CNPJ agree"),
        "shared": QT_TRANSLATE_NOOP("wording", "Shares this number"),
        "contact": QT_TRANSLATE_NOOP("wording", "Number of {name}, {relation:relation}"),
        "old_number": QT_TRANSLATE_NOOP("wording", "Number used until {until}"),
        "inactive": QT_TRANSLATE_NOOP("wording", "The account is closed"),
        "without_area": QT_TRANSLATE_NOOP(
            "wording", "Number agrees but for the missing area code: {number}"
        ),
        "name": QT_TRANSLATE_NOOP("wording", "The name the line sent agrees"),
        "extension": QT_TRANSLATE_NOOP("wording", "Number agrees, extension {extension}"),
    },
    "alert_title": {
        "life_support": QT_TRANSLATE_NOOP("wording", "Life support at this address"),
        "supply_cut": QT_TRANSLATE_NOOP("wording", "Supply is cut at unit {unit}"),
        "outage": QT_TRANSLATE_NOOP("wording", "Known outage {code}, {customers} customers"),
        "overdue": QT_TRANSLATE_NOOP("wording", "Invoice overdue {days} days"),
        "contract_ends": QT_TRANSLATE_NOOP("wording", "Contract {number} ends on {ends_on}"),
        "not_a_customer_yet": QT_TRANSLATE_NOOP("wording", "Not a customer yet"),
    },
    "alert_text": {
        "life_support": QT_TRANSLATE_NOOP("wording", "Priority restoration rule applies"),
        "supply_cut": QT_TRANSLATE_NOOP("wording", "Reconnection has a legal deadline"),
        "outage": QT_TRANSLATE_NOOP("wording", "Restoration forecast {forecast_at}"),
        "overdue": QT_TRANSLATE_NOOP("wording", "{cents}"),
        "contract_ends": QT_TRANSLATE_NOOP("wording", "Offer the renewal"),
        "not_a_customer_yet": QT_TRANSLATE_NOOP("wording", "Ask what they need"),
    },
    "alert_verb": {
        "show_rule": QT_TRANSLATE_NOOP("wording", "Rule"),
        "link_outage": QT_TRANSLATE_NOOP("wording", "Link"),
        "reconnect": QT_TRANSLATE_NOOP("wording", "Reconnect"),
        "send_bill": QT_TRANSLATE_NOOP("wording", "Send"),
        "renew": QT_TRANSLATE_NOOP("wording", "Renew"),
        "qualify": QT_TRANSLATE_NOOP("wording", "Qualify"),
    },
    "page": {
        "home": QT_TRANSLATE_NOOP("wording", "Home"),
        "identify": QT_TRANSLATE_NOOP("wording", "Identify account"),
        "worklist": QT_TRANSLATE_NOOP("wording", "Worklist"),
        "demo": QT_TRANSLATE_NOOP("wording", "Demo"),
    },
}
