"""Searching and looking up numbers in the directory: the question alone, and key to painted rows.

The same stores and the same window as an agent's. Names, numbers and letters are taken from all
over the directory, always the same ones. Cold means: nothing of the file in the system's memory
and a new connection for each look-up.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from _shell import Shell, folder_with, stores_in
from common import Goal, Report, arguments, percentile, report, summary
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from agent_desktop.models.account.caller import CallerFacts
from agent_desktop.models.account.identification import identify, phones_with
from agent_desktop.models.account.record import Account
from agent_desktop.models.rules.phone_number import parse
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import search, tables
from agent_desktop.models.store.encrypted_file import connect, remove
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.reading import reading
from agent_desktop.models.store.stores import LOCAL_FILE, MIRROR_FILE, Stores
from agent_desktop.views.shell.palette import Palette
from tools.filled_mirror import KEY

# Few, since each begins with dropping the file and opening it with its key.
COLD_LOOKUPS = 30
#: How many accounts were changed here and not sent yet.
UNSENT = 400
#: Milliseconds of this thread's processor time of what was measured last.
CPU: list[float] = []


def timed(work: Callable[..., object], *given: object) -> float:
    """How many milliseconds it takes; `CPU` gets what the processor worked of them, which says
    more on a busy machine."""
    # Two clocks: the one a person feels, and the one that other work on the machine does not touch.
    began, worked = time.perf_counter_ns(), time.thread_time_ns()
    work(*given)
    CPU.append((time.thread_time_ns() - worked) / 1e6)
    return (time.perf_counter_ns() - began) / 1e6


# ---------------------------------------------------------------- what is asked


class Samples:
    """Things people type, from all over the directory."""

    def __init__(self, mirror: Path, chance: random.Random) -> None:
        self._chance = chance
        self._c = connect(mirror, KEY)

    def close(self) -> None:
        """End reading."""
        self._c.close()

    def _some(self, table: str, columns: str, count: int) -> list[tuple[Any, ...]]:
        """Rows of so many accounts, each from another place of the table."""
        last = self._c.execute("SELECT max(n) FROM directory").fetchone()[0]
        found: list[tuple[Any, ...]] = []
        while len(found) < count:
            n = self._chance.randint(1, last)
            query = f"SELECT {columns} FROM {table} WHERE n = ? LIMIT 1"
            found += self._c.execute(query, (n,)).fetchall()
        return found

    def accounts(self, count: int) -> list[tuple[UUID, str]]:
        """Ids and names."""
        return [(UUID(bytes=one), name) for one, name in self._some("directory", "id, name", count)]

    def phones(self, count: int) -> list[str]:
        """Telephone numbers as a PBX tells them."""
        return [f"+{row[0]}" for row in self._some("directory_phone", "e164", count)]

    def queries(self, runs: int) -> Iterator[tuple[str, list[str]]]:
        """(what it is, texts) for each kind of question."""
        chance = self._chance
        names = [str(row[0]) for row in self._some("directory", "name", runs)]
        words = [name.split() for name in names]
        yield "one letter", [name[:1] for name in names]
        yield "two letters", [name[:2] for name in names]
        yield "three letters", [chance.choice(parts)[:3] for parts in words]
        yield "a word", [chance.choice(parts) for parts in words]
        yield "two words, turned", [f"{parts[-1]} {parts[0]}" for parts in words]
        yield "whole name", names
        yield "spelled otherwise", [_misspelt(max(parts, key=len)) for parts in words]
        yield "nobody's name", [f"{parts[0]}qxz" for parts in words]
        yield "telephone", [number[3:] for number in self.phones(runs)]
        yield "telephone, area left out", [number[5:] for number in self.phones(runs)]
        yield "telephone, first digits", [number[3:10] for number in self.phones(runs)]
        yield "account number", [str(row[0]) for row in self._some("directory", "number", runs)]
        places = self._some("directory_place", "coalesce(before, '') || number", runs)
        yield "unit or meter", [str(row[0]) for row in places]
        yield "unit or meter, first digits", [str(row[0])[:-4] for row in places]
        yield "tax id", [_some_cpf(chance) for _ in range(runs)]


def _misspelt(word: str) -> str:
    return f"{word[:-1]}{'e' if word[-1:] != 'e' else 'i'}"


def _some_cpf(chance: random.Random) -> str:
    """A valid CPF, of nobody: looked up by its digest like anybody's."""
    digits = [chance.randint(0, 9) for _ in range(9)]
    for _ in range(2):
        total = sum(d * w for d, w in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
        digits.append((total * 10 % 11) % 10)
    return "".join(map(str, digits))


# ---------------------------------------------------------------- measuring


def look_up(stores: Stores, number: str) -> None:
    """The stored numbers that are this one, and whose they are."""
    with reading(stores) as r:
        found = phones_with(r, parse(number))
        assert r.by_ids(Account, {phone.account_id for phone in found if phone.account_id})


def cold(stores: Stores, numbers: list[str]) -> list[float]:
    """Look-ups with nothing of the mirror in memory."""
    took = []
    for number in numbers:
        stores.mirror._dispose()
        with open(stores.mirror.path, "rb") as file:
            os.fsync(file.fileno())
            # Needs no root, unlike dropping all caches, and leaves the rest of the machine warm.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        took.append(timed(look_up, stores, number))
    return took


def directory_mb(mirror: Path) -> float:
    """The size of the directory with its indexes: what is left without the mirrored tables.
    The file is worth nothing afterwards."""
    c = connect(mirror, KEY)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
        c.execute(f"PRAGMA {pragma}")
    for table in (*tables.MIRRORED, "working_set"):
        c.execute(f'DROP TABLE "{table}"')
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = (int(c.execute(f"PRAGMA {name}").fetchone()[0]) for name in names)
    c.close()
    return float((pages - free) * size / 1e6)


def ask(stores: Stores, samples: Samples, runs: int, found: Report) -> None:
    """All questions, without a window."""
    numbers = samples.phones(runs)
    for number in numbers[:50]:
        look_up(stores, number)
    CPU.clear()
    lookups = [timed(look_up, stores, number) for number in numbers]
    found.results["phone look-up, warm"] = _figures(lookups)
    ringing = [timed(identify, stores, CallerFacts(number)) for number in numbers]
    found.results["candidates for a ring"] = _figures(ringing)
    every: list[float] = []
    CPU.clear()
    for kind, texts in samples.queries(runs):
        search.find(stores, texts[0])
        took = [timed(search.find, stores, text) for text in texts]
        found.results[f"search: {kind}"] = _figures(took)
        every += took
    found.results["search, all"] = _figures(every)
    if hasattr(os, "posix_fadvise"):
        found.results["phone look-up, cold"] = _figures(cold(stores, numbers[:COLD_LOOKUPS]))


def ask_with_unsent(folder: Path, samples: Samples, runs: int, found: Report) -> None:
    """The same after a day without the centre: many accounts were changed here, half of them got
    another name."""
    stores = stores_in(folder)
    effects = [
        Effect("account", one, one, Op.CHANGE, _change(name) if at % 2 else {"city": "Osasco"})
        for at, (one, name) in enumerate(samples.accounts(UNSENT))
    ]
    pending.save(stores, Intent("account.change", {}, tuple(effects)))
    numbers = samples.phones(runs)
    look_up(stores, numbers[0])
    CPU.clear()
    lookups = [timed(look_up, stores, number) for number in numbers]
    found.results[f"phone look-up, {UNSENT} unsent"] = _figures(lookups)
    every = [
        timed(search.find, stores, text) for _, texts in samples.queries(runs) for text in texts
    ]
    found.results[f"search, {UNSENT} unsent"] = _figures(every)
    stores.close()
    remove(folder / LOCAL_FILE)


def _change(name: str) -> dict[str, str]:
    return {"name": f"{name} Xavier"}


def _figures(values: list[float]) -> dict[str, float]:
    """The summary with p99; of what `timed` measured just before also the processor's time."""
    found = {**summary(values), "p99": round(percentile(values, 99), 3)}
    if len(CPU) >= len(values):
        worked = CPU[-len(values) :]
        found |= {"cpu p50": round(percentile(worked, 50), 3)}
        found |= {"cpu p99": round(percentile(worked, 99), 3)}
    return found


def type_and_see(shell: Shell, samples: Samples, runs: int) -> list[float]:
    """Names typed letter by letter into the palette: each key until its rows are drawn."""
    palette = shell.shift.window.palette_box
    shown: list[str] = []
    ordinary = Palette.show_results

    def show_results(self: Palette, query: str, groups: object) -> None:
        ordinary(self, query, groups)  # type: ignore[arg-type]
        shown.append(query)

    Palette.show_results = show_results  # type: ignore[method-assign, assignment]
    took: list[float] = []
    texts = [text for _, some in samples.queries(2) for text in some]
    while len(took) < runs:
        text = texts[len(took) % len(texts)]
        palette.open("")
        shell.rest()
        edit = palette.findChild(QLineEdit, "palette.edit")
        for end in range(1, min(len(text), 8) + 1):
            typed = text[:end]
            if typed == typed.strip():
                press = partial(_type, edit, typed[-1])
                took.append(shell.painted(press, partial(_is_last, shown, typed)))
            else:
                _type(edit, typed[-1])
            shell.rest()
        QTest.keyClick(edit, Qt.Key.Key_Escape)
        shell.rest()
    return took


def _type(edit: QLineEdit, letter: str) -> None:
    """A key with any letter on it."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        key = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(edit, key)


def _is_last(shown: list[str], typed: str) -> bool:
    return shown[-1:] == [typed]


def main() -> int:
    """Measure, print, judge."""
    parser = arguments(__doc__.partition("\n")[0], accounts=100_000, runs=300)
    options = parser.parse_args()
    found = Report("search", options.runs)
    # A fixed seed: two runs must ask the same questions to be compared.
    chance = random.Random(20261120)
    with folder_with(options.accounts) as folder:
        samples = Samples(folder / MIRROR_FILE, chance)
        stores = stores_in(folder)
        ask(stores, samples, options.runs, found)
        stores.close()
        ask_with_unsent(folder, samples, max(1, options.runs // 10), found)
        shell = Shell(folder)
        shell.open()
        CPU.clear()
        painted = type_and_see(shell, samples, options.runs)
        found.results["key to painted rows"] = _figures(painted)
        desktop, phone = shell.memory_mb()
        found.results["memory, MB"] = {"desktop": round(desktop, 1), "phone": round(phone, 1)}
        shell.close()
        samples.close()
        size = directory_mb(folder / MIRROR_FILE)
        found.results["directory, MB"] = {"size": round(size, 1)}
    found.goals += goals(found.results, desktop + phone, size)  # type: ignore[arg-type]
    return report(found, options)


def goals(figures: dict[str, dict[str, float]], memory: float, size: float) -> list[Goal]:
    """The goals, as documented in docs/benchmarks.md."""
    made = [
        Goal("phone look-up p99, warm", 1.0, figures["phone look-up, warm"]["p99"], "ms"),
        Goal("search p99", 5.0, figures["search, all"]["p99"], "ms"),
        Goal("key to painted rows p95", 30.0, figures["key to painted rows"]["p95"], "ms"),
        Goal("memory of desktop and phone process", 250.0, memory, "MB"),
        Goal("directory with its indexes", 450.0, size, "MB"),
    ]
    if "phone look-up, cold" in figures:
        p99 = figures["phone look-up, cold"]["p99"]
        made.insert(1, Goal("phone look-up p99, cold", 20.0, p99, "ms"))
    return made


if __name__ == "__main__":
    sys.exit(main())
