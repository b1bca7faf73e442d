"""SIPp as the world behind the carrier: customers who call in, third parties who are called."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.pbx.pbx import DNIS, HOST, Pbx

_CUSTOMER = Path(__file__).with_name("customer.xml")
# Of the spare ports; baresip.py takes the first ten. SIPp takes a media port, and two more for
# pictures, each with its odd neighbour.
_CUSTOMER_PORT, _CUSTOMER_MEDIA, _THIRD_PARTY_PORT, _THIRD_PARTY_MEDIA = 11, 13, 12, 19


@dataclass(frozen=True, slots=True)
class Customer:
    """What the carrier tells about a customer's call."""

    number: str
    name: str = ""
    dnis: str = DNIS
    uuid: str = "0199c2f0-0000-7000-8000-000000000001"
    uui: str = "00;encoding=hex"


def programs_missing() -> str:
    """Why there is no sipp here; empty if there is."""
    return "" if shutil.which("sipp") else "the package sip-tester is missing"


def _run(arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            ["sipp", *arguments, "-i", HOST, "-nostdin", "-m", "1"],
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def customer(pbx: Pbx, calling: Customer, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One call of the carrier; the process ends with 0 when the PBX has hung up."""
    spare = pbx.ports.spare
    arguments = [f"{HOST}:{pbx.ports.carrier}", "-sf", str(_CUSTOMER), "-s", calling.dnis]
    for key in ("number", "name", "uuid", "uui"):
        arguments += ["-key", key, getattr(calling, key)]
    arguments += ["-p", str(spare[_CUSTOMER_PORT]), "-mp", str(spare[_CUSTOMER_MEDIA])]
    with _ended(_run(arguments, folder / "sipp-customer.log")) as process:
        yield process


@contextmanager
def third_party(pbx: Pbx, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody outside who answers one call to 9...; the process ends with 0 after the BYE."""
    spare = pbx.ports.spare
    port = spare[_THIRD_PARTY_PORT]
    arguments = ["-sn", "uas", "-p", str(port), "-mp", str(spare[_THIRD_PARTY_MEDIA]), "-rtp_echo"]
    with _ended(_run(arguments, folder / "sipp-third-party.log")) as process:
        pbx.third_party(f"{HOST}:{port}")
        yield process
