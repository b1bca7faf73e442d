"""The person's language: catalogues of resources/i18n, put in force at the start or live.

The source is English, so the English catalogue holds plural forms only; it lies below all others.
Texts that were shown already stay until their page is made anew.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from agent_desktop.views.look import theme

SOURCE = "en"
FOLDER = theme.RESOURCES / "i18n"
#: Kept, for Qt does not.
_in_force: list[QTranslator] = []


def speak(code: str = "") -> tuple[str, ...]:
    """Put a language (`pt_BR`, `ru`; "" is the system's) in force, with its figures and dates.

    Returns the catalogues found, the strongest last; a language without one is shown in English.
    """
    if QCoreApplication.instance() is None:
        return ()
    while _in_force:
        QCoreApplication.removeTranslator(_in_force.pop())
    locale = QLocale(code) if code else QLocale.system()
    if code:
        QLocale.setDefault(locale)
    wanted = dict.fromkeys((SOURCE, locale.name().partition("_")[0], locale.name()))
    return tuple(name for name in wanted if _install(name))


def _install(name: str) -> bool:
    translator = QTranslator()
    if not translator.load(f"agent_desktop_{name}.qm", str(FOLDER)):
        return False
    _in_force.append(translator)
    return QCoreApplication.installTranslator(translator)
