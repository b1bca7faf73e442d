"""Words for work that came back: what was wanted, and the names of what was written in it."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from agent_desktop.views.kind_views import of_table
from agent_desktop.views.kit.kind_view import said

_INTENTS = {
    "account.create": QT_TRANSLATE_NOOP("Returned", "new account"),
    "account.change": QT_TRANSLATE_NOOP("Returned", "change of customer data"),
    "phone.add": QT_TRANSLATE_NOOP("Returned", "new number"),
    "phone.consent": QT_TRANSLATE_NOOP("Returned", "wish about being called"),
    "ticket.create": QT_TRANSLATE_NOOP("Returned", "new ticket"),
    "ticket.change": QT_TRANSLATE_NOOP("Returned", "change of a ticket"),
    "ticket.note": QT_TRANSLATE_NOOP("Returned", "note in a ticket"),
    "ticket.escalate": QT_TRANSLATE_NOOP("Returned", "escalation"),
    "ticket.resolve": QT_TRANSLATE_NOOP("Returned", "solution of a ticket"),
    "order.create": QT_TRANSLATE_NOOP("Returned", "new service order"),
    "order.item_add": QT_TRANSLATE_NOOP("Returned", "item of a service order"),
    "order.move": QT_TRANSLATE_NOOP("Returned", "step of a service order"),
    "interaction.begin": QT_TRANSLATE_NOOP("Returned", "new contact"),
    "interaction.change": QT_TRANSLATE_NOOP("Returned", "change of a contact"),
    "interaction.call": QT_TRANSLATE_NOOP("Returned", "call of a contact"),
    "interaction.move": QT_TRANSLATE_NOOP("Returned", "move of a contact"),
    "interaction.finish": QT_TRANSLATE_NOOP("Returned", "end of a contact"),
    "verification.log": QT_TRANSLATE_NOOP("Returned", "answer of a caller"),
}

#: The same for the kinds of records that have the generic verbs only; {0} is the kind.
_VERBS = {
    "create": QT_TRANSLATE_NOOP("Returned", "{0}: new"),
    "change": QT_TRANSLATE_NOOP("Returned", "{0}: change"),
    "move": QT_TRANSLATE_NOOP("Returned", "{0}: step"),
    "link": QT_TRANSLATE_NOOP("Returned", "{0}: link"),
    "note": QT_TRANSLATE_NOOP("Returned", "{0}: note"),
}

#: The fields a person wrote or chose, in the order in which they are read.
_FIELDS = {
    "number": QT_TRANSLATE_NOOP("Returned", "Number"),
    "protocol": QT_TRANSLATE_NOOP("Returned", "Protocol"),
    "name": QT_TRANSLATE_NOOP("Returned", "Name"),
    "tax_id": QT_TRANSLATE_NOOP("Returned", "CPF or CNPJ"),
    "email": QT_TRANSLATE_NOOP("Returned", "E-mail"),
    "written": QT_TRANSLATE_NOOP("Returned", "Phone"),
    "segment": QT_TRANSLATE_NOOP("Returned", "Class of consumer"),
    "stage": QT_TRANSLATE_NOOP("Returned", "Stage"),
    "language": QT_TRANSLATE_NOOP("Returned", "Speaks"),
    "street": QT_TRANSLATE_NOOP("Returned", "Street"),
    "house": QT_TRANSLATE_NOOP("Returned", "House"),
    "complement": QT_TRANSLATE_NOOP("Returned", "Complement"),
    "district": QT_TRANSLATE_NOOP("Returned", "District"),
    "city": QT_TRANSLATE_NOOP("Returned", "City"),
    "state_code": QT_TRANSLATE_NOOP("Returned", "State"),
    "postcode": QT_TRANSLATE_NOOP("Returned", "Postcode"),
    "subject": QT_TRANSLATE_NOOP("Returned", "Subject"),
    "title": QT_TRANSLATE_NOOP("Returned", "What is to be done"),
    "description": QT_TRANSLATE_NOOP("Returned", "Description"),
    "category": QT_TRANSLATE_NOOP("Returned", "Category"),
    "priority": QT_TRANSLATE_NOOP("Returned", "Priority"),
    "status": QT_TRANSLATE_NOOP("Returned", "Status"),
    "handover": QT_TRANSLATE_NOOP("Returned", "Hand-over note"),
    "solution": QT_TRANSLATE_NOOP("Returned", "Solution"),
    "text": QT_TRANSLATE_NOOP("Returned", "Text"),
    "note": QT_TRANSLATE_NOOP("Returned", "Note"),
    "notes": QT_TRANSLATE_NOOP("Returned", "Call notes"),
    "reason": QT_TRANSLATE_NOOP("Returned", "Reason"),
    "acting_for": QT_TRANSLATE_NOOP("Returned", "Speaks for the customer"),
}

FIELDS = tuple(_FIELDS)


def intent_words(kind: str) -> str:
    """What somebody had wanted to do, from the kind of the intent that came back."""
    words = _INTENTS.get(kind)
    if words is not None:
        return QCoreApplication.translate("Returned", str(words))
    table, _, verb = kind.partition(".")
    view = of_table(table)
    if view is None or verb not in _VERBS:
        return kind
    return QCoreApplication.translate("Returned", str(_VERBS[verb])).format(said(view.one))


def field_words(name: str) -> str:
    """The name of a field of an intent."""
    return QCoreApplication.translate("Returned", str(_FIELDS[name]))
