"""A PBX by hand: `python -m tests.pbx` prints where it listens and waits for Ctrl+C."""

from __future__ import annotations

import signal
import sys

from tests.pbx import house
from tests.pbx.pbx import AGENTS, DNIS, HOST, Pbx, secret_of


def main() -> int:
    """Run one PBX until Ctrl+C."""
    if not house.is_built():
        print("building Asterisk's folder; this takes some minutes", flush=True)
    try:
        with Pbx() as pbx:
            _tell(pbx)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except house.Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _tell(pbx: Pbx) -> None:
    ports = pbx.ports
    for name in ("udp", "tcp", "tls", "tls_expired", "tls_stranger", "tls_misnamed", "carrier"):
        print(f"{name:14}{HOST}:{getattr(ports, name)}")
    print(f"{'authority':14}{pbx.ca_file}")
    print(f"{'log':14}{pbx.home / 'log' / 'messages'}")
    for extension, transport in AGENTS.items():
        print(f"{extension:14}{transport}, password {secret_of(extension)}")
    print(f"{'queue':14}{DNIS} at the carrier's port")
    house_folder = pbx.home.parent.parent
    print(
        f"{'console':14}chroot {house_folder} asterisk -rC /run/{pbx.home.name}/etc/asterisk.conf"
    )
    print("Ctrl+C ends it.", flush=True)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    raise SystemExit(main())
