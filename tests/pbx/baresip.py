"""Baresip as somebody else's phone: it registers, dials, answers, speaks a tone and keeps what
it hears. It proves that a fault is ours or the PBX's, not a habit two of our own ends share.
"""

from __future__ import annotations

import json
import math
import shutil
import socket
import subprocess
import time
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.pbx.pbx import AGENTS, HOST, Pbx, secret_of

RATE = 8000
_PATIENCE_SECONDS = 20.0
_CONFIG = """\
poll_method epoll
sip_listen {host}:0
sip_cafile {ca_file}
audio_source aufile,{spoken}
audio_player aubridge,nobody
audio_alert aubridge,alert
snd_path {folder}
audio_path {folder}
ausrc_srate {rate}
auplay_srate {rate}
ausrc_channels 1
auplay_channels 1
audio_telev_pt 101
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module_app account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{control}
"""


def programs_missing() -> str:
    """Why baresip cannot run here; empty if it can."""
    if not shutil.which("baresip"):
        return "the package baresip-core is missing"
    own = (address for each in psutil.net_if_addrs().values() for address in each)
    if not any(a.family is socket.AF_INET and not a.address.startswith("127.") for a in own):
        return "baresip needs an IPv4 address beside the loopback's"
    return ""


def write_tone(path: Path, hertz: float, seconds: float = 60.0) -> None:
    """A pure tone at half of full scale, 8 kHz mono."""
    step = 2 * math.pi * hertz / RATE
    samples = array("h", (int(16000 * math.sin(step * n)) for n in range(int(seconds * RATE))))
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(samples.tobytes())


def samples_of(path: Path) -> array[int]:
    """What was recorded, also while it is still being written (the header lies then)."""
    data = path.read_bytes() if path.exists() else b""
    body = data[44:] if data[:4] == b"RIFF" else data
    return array("h", body[: len(body) // 2 * 2])


def share_of_tone(samples: array[int], hertz: float) -> float:
    """How much of the power is a tone of `hertz` (Goertzel): 1.0 pure, about 0.0 without."""
    power = sum(sample * sample for sample in samples) / max(1, len(samples))
    if power < 100:  # silence, G.711's idle noise included
        return 0.0
    factor = 2 * math.cos(2 * math.pi * hertz / RATE)
    last = before = 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    tone = last * last + before * before - factor * last * before
    return 2 * tone / (len(samples) ** 2 * power)


class Baresip:
    """A phone of agent `extension`; `with phone(pbx, "6001", folder)` ends it."""

    def __init__(self, pbx: Pbx, extension: str, folder: Path, *, hertz: float, auto: bool) -> None:
        self.log = folder / f"baresip-{extension}.log"
        self._control = pbx.ports.spare[int(extension) - 6000]
        self._socket: socket.socket | None = None
        home = folder / f"baresip-{extension}"
        home.mkdir(parents=True)
        self._home = home
        write_tone(home / "spoken.wav", hertz)
        modules = next(Path("/usr/lib").glob("**/baresip/modules"))
        config = _CONFIG.format(
            host=HOST,
            ca_file=pbx.ca_file,
            spoken=home / "spoken.wav",
            folder=home,
            rate=RATE,
            modules=modules,
            control=self._control,
        )
        (home / "config").write_text(config)
        (home / "accounts").write_text(_account(pbx, extension, auto=auto))
        (home / "contacts").write_text("")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["baresip", "-f", str(home), "-s"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            pbx.wait_for(lambda: pbx.registered(extension))
        except BaseException as fault:
            self.close()
            fault.add_note(self.log.read_text(errors="replace")[-4000:])
            raise

    def command(self, name: str, parameter: str = "") -> None:
        """Type a command of its menu, such as "dial", "accept", "hangup"."""
        order = json.dumps({"command": name, "params": parameter, "token": "t"})
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self._control), _PATIENCE_SECONDS)
        self._socket.sendall(f"{len(order)}:{order},".encode())

    def heard(self) -> Path:
        """What it heard in its latest call, a WAV file that grows; it may not be there yet."""
        found = sorted(self._home.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime_ns)
        return found[-1] if found else self._home / "nothing.wav"

    def hears(self, hertz: float, seconds: float = _PATIENCE_SECONDS) -> float:
        """Wait until its last half second is a tone of `hertz`; the best share seen."""
        deadline, best = time.monotonic() + seconds, 0.0
        while best < 0.9 and time.monotonic() < deadline:
            samples = samples_of(self.heard())
            if len(samples) >= RATE:
                best = max(best, share_of_tone(samples[-RATE // 2 :], hertz))
            time.sleep(0.1)
        return best

    def close(self) -> None:
        """End it; it takes leave of the PBX if that still answers."""
        if self._socket:
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _account(pbx: Pbx, extension: str, *, auto: bool) -> str:
    transport = AGENTS[extension]
    port = {"udp": pbx.ports.udp, "tcp": pbx.ports.tcp, "tls": pbx.ports.tls}[transport]
    extra = ";mediaenc=srtp-mand" if transport == "tls" else ""
    extra += ";answermode=auto" if auto else ""
    return (
        f"<sip:{extension}@{HOST}:{port};transport={transport}>;auth_user={extension};"
        f"auth_pass={secret_of(extension)};regint=60{extra}\n"
    )


@contextmanager
def phone(
    pbx: Pbx, extension: str, folder: Path, *, hertz: float = 700.0, auto: bool = False
) -> Iterator[Baresip]:
    """A registered phone that speaks a tone of `hertz`; `auto` answers every call."""
    made = Baresip(pbx, extension, folder, hertz=hertz, auto=auto)
    try:
        yield made
    finally:
        made.close()
