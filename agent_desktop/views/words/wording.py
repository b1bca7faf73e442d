"""Words for what the program knows in codes, and figures as the language writes them.

The words stand in `code_words.py`, whole sentences in `sentences.py`. A code that has none (a newer
centre) is shown as written rather than hidden. Times are given in UTC and shown in the time
zone of this computer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from agent_desktop.views import kind_views
from agent_desktop.views.kit.kind_view import said
from agent_desktop.views.look.code_style import alert_icon as alert_icon
from agent_desktop.views.look.code_style import alert_tone as alert_tone
from agent_desktop.views.look.code_style import channel_icon as channel_icon
from agent_desktop.views.look.code_style import order_icon as order_icon
from agent_desktop.views.look.code_style import rank_tone as rank_tone
from agent_desktop.views.look.code_style import tone as tone
from agent_desktop.views.words.code_words import TERMS
from agent_desktop.views.words.sentences import FAILURES, TOASTS

if TYPE_CHECKING:
    from agent_desktop.desk.session import PageKind, Toast
    from agent_desktop.models.account.alerts import Alert
    from agent_desktop.models.account.caller import MatchReason, Rank
    from agent_desktop.models.account.record import Phone

translate = QCoreApplication.translate
#: Hours and minutes of one minute, hour, day in seconds.
MINUTE, HOUR, DAY = 60, 3_600, 86_400


# -- codes ------------------------------------------------------------------------------------
def term(kind: str, code: object, /, **params: object) -> str:
    """The word for a code of one table (of code_words.TERMS, or of a kind's view); an empty code
    is empty."""
    text = str(getattr(code, "value", code) or "")
    words = TERMS[kind] if kind in TERMS else kind_views.CODES[kind]
    return _words(words.get(text), text, params)


def _words(source: object, code: str, params: Mapping[str, object]) -> str:
    if source is None:
        return code.replace("_", " ")
    words = translate("wording", str(source))
    return words.format_map(_Shown(params)) if "{" in words else words


class _Shown(dict[str, "_PlaceInSentence"]):
    """The places of a sentence; a missing place stays empty."""

    def __init__(self, params: Mapping[str, object]) -> None:
        super().__init__((name, _PlaceInSentence(name, value)) for name, value in params.items())

    def __missing__(self, name: str) -> str:
        return ""


class _PlaceInSentence:
    """A place of a sentence: a figure as the language writes it or, where the sentence names a
    table of code words (`{state:order_state}`), the word of the code."""

    def __init__(self, name: str, value: object) -> None:
        self._name, self._value = name, value

    def __format__(self, table: str) -> str:
        named = bool(table) and self._value is not None
        return term(table, self._value) if named else _shown(self._name, self._value)


def _shown(name: str, value: object) -> str:
    if value is None:
        return "–"
    if name.endswith("cents") and isinstance(value, int):
        return money(value)
    if isinstance(value, datetime):
        return day(value)
    if isinstance(value, date):
        return date_long(value)
    return phone(str(value)) if name == "number" and str(value).startswith("+") else str(value)


def page(kind: PageKind) -> str:
    """What a page is called."""
    text = kind_views.page_text(kind)
    return said(text) if text else term("page", kind)


def account_kind(code: object) -> str:
    """Person or company."""
    return term("account_kind", code)


def segment(code: object) -> str:
    """The class of consumer."""
    return term("segment", code)


def stage(code: object) -> str:
    """How far a customer has come."""
    return term("stage", code)


def erp_state(code: object) -> str:
    """The lamp in words."""
    return term("erp_state", code)


def phone_kind(code: object) -> str:
    """What a number is used for."""
    return term("phone_kind", code)


def relation(code: object) -> str:
    """What a contact is to the account."""
    return term("relation", code)


def fact(code: object) -> str:
    """The question behind a fact."""
    return term("fact", code)


def fact_example(code: object) -> str:
    """How the answer is to be typed."""
    return term("fact_example", code)


def ticket_kind(code: object) -> str:
    """Demand, request or complaint."""
    return term("ticket_kind", code)


def ticket_status(code: object) -> str:
    """Where a ticket is in its life."""
    return term("ticket_status", code)


def priority(code: object) -> str:
    """How urgent a ticket is."""
    return term("priority", code)


def note_kind(code: object) -> str:
    """What a line of a ticket's history is."""
    return term("note_kind", code)


def order_state(code: object) -> str:
    """Where a service order is in its life."""
    return term("order_state", code)


def charge(code: object) -> str:
    """Who pays a line."""
    return term("charge", code)


def channel(code: object) -> str:
    """The way of a contact."""
    return term("channel", code)


def direction(code: object) -> str:
    """Who began a contact."""
    return term("direction", code)


def role(code: object) -> str:
    """What a person is employed as."""
    return term("role", code)


def agent_state(code: object) -> str:
    """What an agent is doing."""
    return term("agent_state", code)


def no_candidates(code: str) -> str:
    """Why there is nobody to choose from."""
    return term("no_candidates", code)


def asked(code: object) -> str:
    """How it stands with a search at the centre."""
    return term("asked", code)


def centre_match(code: object) -> str:
    """What of a record the centre found the text in."""
    return term("centre_match", code)


def rank(code: Rank) -> str:
    """How good a match is."""
    return term("rank", code)


def match_reason(reason: MatchReason) -> str:
    """Why one account matches."""
    return term("match", reason.code, **reason.params)


def match_reasons(reasons: Iterable[MatchReason]) -> str:
    """All reasons in one line."""
    return " · ".join(match_reason(reason) for reason in reasons)


def contact_of(code: object, number: str, name: str) -> str:
    """What a contact is, and of whom."""
    words = translate("wording", "{relation} of {name}, {number}")
    return words.format(relation=relation(code), name=name, number=number)


# -- alerts ----------------------------------------------------------------------------------
def alert_title(alert: Alert) -> str:
    """What an alert says first."""
    return term("alert_title", alert.code, **alert.params)


def alert_text(alert: Alert) -> str:
    """The second line of an alert."""
    return term("alert_text", alert.code, **alert.params)


def alert_verb(alert: Alert) -> str:
    """The one thing to do."""
    return term("alert_verb", alert.verb)


# -- what went wrong, what has happened -------------------------------------------------------
def refusal(code: str, /, **details: object) -> str:
    """Why a rule said no, at a field or for a whole record."""
    return _words(FAILURES.get(code), code, details)


def refusals(reasons: Mapping[str, str], **details: object) -> dict[str, str]:
    """{field: words} of a `Refused`, for `RecordForm.show_errors`."""
    return {field: refusal(code, **details) for field, code in reasons.items()}


def sign_in_failure(code: str) -> str:
    """Why a person could not sign in, and what to do."""
    return refusal(code)


def line_failure(code: str) -> str:
    """Why the telephone line does not work."""
    if code and code not in FAILURES:
        return translate("wording", "The line does not work ({0}).").format(code)
    return refusal(code)


def toast(message: Toast) -> str:
    """What has just happened."""
    code = message.code
    source = TOASTS.get(code) or FAILURES.get(code.removeprefix("notice_"))
    return _words(source, code, message.params)


# -- numbers people say -----------------------------------------------------------------------
def phone(number: Phone | str | int | None) -> str:
    """A telephone number as it is read out: +55 11 98765-4321. Others stay as written."""
    written = getattr(number, "written", None) or str(number or "")
    digits = "".join(letter for letter in written if letter.isdigit())
    e164 = getattr(number, "e164", None)
    if e164:
        digits = str(e164)
    if digits.startswith("55") and len(digits) in (12, 13):
        return f"+55 {digits[2:4]} {digits[4:-4]}-{digits[-4:]}"
    if digits.startswith("0800") and len(digits) in (10, 11):
        return f"{digits[:4]} {digits[4:-4]} {digits[-4:]}"
    return f"+{digits}" if e164 else written


def protocol(number: str) -> str:
    """A protocol number in groups of four, as it is read out."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def account_number(number: str) -> str:
    """An account number in groups of three."""
    return " ".join(number[at : at + 3] for at in range(0, len(number), 3))


def account_label(number: str) -> str:
    """An account number with its word."""
    return translate("wording", "Account {0}").format(number)


def masked_tax_id(value: str) -> str:
    """A CPF or CNPJ with only its middle readable."""
    if len(value) == 11:
        return f"•••.{value[3:6]}.{value[6:9]}-••"
    if len(value) == 14:
        return f"{value[:2]}.•••.•••/{value[8:12]}-••"
    return "•" * len(value)


# -- figures ----------------------------------------------------------------------------------
def money(cents: int) -> str:
    """An amount: R$ 1.280,00 or R$ 1,280.00, as the language writes it."""
    return f"R$ {amount(cents)}"


def amount(cents: int) -> str:
    """An amount without its currency, for columns."""
    return QLocale().toString(cents / 100, "f", 2)


def quantity(milli: int) -> str:
    """Thousandths as a figure without needless zeros: 1,5."""
    whole, rest = divmod(milli, 1000)
    places = len(f"{rest:03d}".rstrip("0")) if rest else 0
    return QLocale().toString(milli / 1000, "f", places) if places else QLocale().toString(whole)


def percent(share: float) -> str:
    """A share of 1 as per cent."""
    return f"{QLocale().toString(share * 100, 'f', 0)} %"


def countdown(seconds: float) -> str:
    """Time left until a deadline: `00:41` (hours and minutes) or `4 d 02 h`; minus when over."""
    sign, minutes = ("−" if seconds < 0 else ""), int(abs(seconds) // MINUTE)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return translate("wording", "{0}{1} d {2:02d} h").format(sign, days, hours)
    return f"{sign}{hours:02d}:{minutes % 60:02d}"


def duration(seconds: float) -> str:
    """Time that passed: `04:12` (minutes and seconds), `1:04:12` from an hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes:02d}:{left:02d}"


# -- dates and times --------------------------------------------------------------------------
def time(at: datetime | None) -> str:
    """The time of day, 24 hours."""
    return at.astimezone().strftime("%H:%M") if at else ""


def date_long(on: date | datetime | None) -> str:
    """A date with its year."""
    return _formatted(on, translate("wording", "dd.MM.yyyy", "a date"))


def date_short(on: date | datetime | None) -> str:
    """A date of this year."""
    return _formatted(on, translate("wording", "d MMM", "a date without its year"))


def day(at: datetime | date | None, *, now: datetime | None = None) -> str:
    """When something was: the time today, `yesterday`, else the date."""
    if at is None:
        return ""
    today = (now or datetime.now().astimezone()).date()
    on = at.astimezone().date() if isinstance(at, datetime) else at
    if on == today:
        return time(at) if isinstance(at, datetime) else translate("wording", "today")
    if on == today - timedelta(days=1):
        return translate("wording", "yesterday")
    return date_short(on) if on.year == today.year else date_long(on)


def moment(at: datetime | None) -> str:
    """Date and time."""
    return f"{day(at)} {time(at)}" if at and day(at) != time(at) else time(at)


def weekday(on: date) -> str:
    """`Friday 21 November`."""
    return _formatted(on, translate("wording", "dddd d MMMM", "a date with its weekday"))


def _formatted(on: date | datetime | None, shape: str) -> str:
    if on is None:
        return ""
    local = on.astimezone().date() if isinstance(on, datetime) else on
    return QLocale().toString(QDate(local.year, local.month, local.day), shape)
