"""An account on the screen."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from agent_desktop.models.account.record import ACCOUNT
from agent_desktop.views.kit.kind_view import KindView

ACCOUNT_VIEW = KindView(
    ACCOUNT,
    "user-round",
    QT_TRANSLATE_NOOP("KindView", "Account"),
    QT_TRANSLATE_NOOP("KindView", "Accounts"),
    word="account",
    page="account.page.AccountPage",
    form="account.new_page.NewAccountPage",
    new=QT_TRANSLATE_NOOP("KindView", "New account"),
    parts={
        "contact": QT_TRANSLATE_NOOP("KindView", "Contacts"),
        "phone": QT_TRANSLATE_NOOP("KindView", "Telephone numbers"),
        "unit": QT_TRANSLATE_NOOP("KindView", "Consumer units"),
        "meter": QT_TRANSLATE_NOOP("KindView", "Meters"),
        "contract": QT_TRANSLATE_NOOP("KindView", "Contracts"),
        "invoice": QT_TRANSLATE_NOOP("KindView", "Bills"),
    },
)
