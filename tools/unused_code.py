"""Functions, methods and classes of the product that nothing of the product calls.

`python -m tools.unused_code` prints them and ends with 1 if there is one that EXCEPTIONS does not
name. vulture finds them by their names, so a name that is used anywhere counts as used.
"""

from __future__ import annotations

import re
import subprocess
import sys

_FOUND = re.compile(r"(.*): unused (function|method|property|class) '(\w+)'")

#: Called by a framework, by its name: methods of Qt (camelCase), of SQLAlchemy's types, of Enum.
_BY_FRAMEWORKS = re.compile(
    r"[a-z]+[A-Z]\w*|event|data|flags|index|parent|(process_bind_param|process_result_value|_missing_)"
)
#: Pages are made from their names when they are first needed.
_BY_NAME = re.compile(r"\w+Page")

#: Name -> why it stays although nothing of the product calls it.
EXCEPTIONS = {
    # What tests drive: the whole program with another phone, caller or store.
    "DummyPhone": "the phone of tests and of screenshots, as a whole",
    "engine_pid": "tells a test which process to kill",
    "far_end_answers": "what the other side does, for DummyPhone",
    "far_end_refuses": "what the other side does, for DummyPhone",
    "far_end_hangs_up": "what the other side does, for DummyPhone",
    "open_stores": "stores without a sign-in, for tests and benchmarks",
    "answering": "the demo's customer as tests drive it",
    "loudness": "the demo's customer as tests drive it",
    "wait_end": "the caller of the developers' tools",
    "rows_per_second": "a figure that benchmarks print",
    "cached": "used by benchmarks",
    "resync": "an order to the syncer that a person at the desk's log may want; tests give it",
    "is_done": "a test waits for it",
    "is_prepared": "tests of the window's own time wait until all pages are made",
    # Found on 1 December 2026 in parts that were being rebuilt then: to be removed with them.
    "first_free_numbers": "demo",
    "add_phone": "models/account",
    "recent_for_number": "models/interaction",
    "business_days_between": "models/rules",
    "complaint_types": "models/site",
    "phones_of": "models/store",
    "end_part": "models/store",
}


def main() -> int:
    """Print what is unused; 1 if there is any without a reason."""
    command = [sys.executable, "-m", "vulture", "agent_desktop", "tools", "dev.py"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode not in (0, 3):  # 3: it found something
        print(said.stdout, said.stderr)
        return 1
    unused = [
        line
        for line in said.stdout.splitlines()
        if (found := _FOUND.match(line)) and not _is_called(found[2], found[3])
    ]
    print("\n".join(unused) or "nothing is unused")
    return 1 if unused else 0


def _is_called(kind: str, name: str) -> bool:
    if name in EXCEPTIONS:
        return True
    return bool((_BY_NAME if kind == "class" else _BY_FRAMEWORKS).fullmatch(name))


if __name__ == "__main__":
    sys.exit(main())
