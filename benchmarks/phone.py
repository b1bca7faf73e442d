"""From the INVITE to 180 and to 200, beside baresip; what the phone process costs.

One caller (a UDP socket on the loopback, tools/caller.py) calls both phones in shuffled turns. A
direct call rings and is given up after the 180; a call of a queue is answered at once, by our
policy (0 s) and by baresip's answermode=auto, and hung up after the 200. T0 is taken before
`sendto`, T1 when the answer was received. CPU is that of the phone process alone, in percent of
one core, over ten seconds without a call, and in a call with a voice from the other side.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from common import Goal, Report, arguments, report, summary  # noqa: E402

from agent_desktop.demo.caller_control import DemoCustomer, free_port  # noqa: E402
from tools.caller import WireCaller  # noqa: E402

LOOPBACK = "127.0.0.1"
CPU_SECONDS = 10.0
#: Before a phone is measured nobody calls for so long; the sockets of a call close after 0.5 s.
QUIET_SECONDS = 0.1
WARM_UP_CALLS = 5
OURS, THEIRS = "agent desktop", "baresip"
QUEUE = {"X-Queue-Name": "Service"}
NUMBER = "+5511987654321"
BARESIP_CONFIG = """\
poll_method epoll
sip_listen {host}:{port}
audio_source aufile,{sound}
audio_player aubridge,nobody
audio_alert aubridge,alert
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module_app account.so
module_app contact.so
module_app menu.so
"""
BARESIP_ACCOUNTS = (
    "<sip:ring@{host}:{port}>;regint=0;answermode=manual\n"
    "<sip:auto@{host}:{port}>;regint=0;answermode=auto\n"
)


@dataclass(slots=True)
class PhoneUnderTest:
    """A phone that is there: its port, its process, and how it is called to ring or to answer."""

    name: str
    port: int
    process: psutil.Process
    ring_at: str
    answer_at: str

    def callers(self) -> tuple[WireCaller, WireCaller]:
        """Those who make it ring, and those it answers at once."""
        return (
            WireCaller(self.port, extension=self.ring_at),
            WireCaller(self.port, extension=self.answer_at),
        )


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Close its input, wait, and use force if it stays."""
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def sound_server(folder: Path) -> Iterator[dict[str, str]]:
    """A PulseAudio of our own with a null sink; what the environment says then. Without the
    program no server is named, and the phone has no sound."""
    if not shutil.which("pulseaudio"):
        yield {"PULSE_SERVER": f"unix:{folder}/none"}
        return
    where = folder / "sound"
    command = [
        *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
        *("--log-level=error", "-L"),
        f"module-native-protocol-unix auth-anonymous=1 socket={where}",
        *("-L", "module-null-sink sink_name=headset rate=16000 channels=1"),
    ]
    environment = {**os.environ, "PULSE_SERVER": "", "XDG_RUNTIME_DIR": str(folder)}
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment)
    try:
        wait_for(where.exists)
        yield {"PULSE_SERVER": f"unix:{where}"}
    finally:
        server.terminate()
        server.wait(10)


def wait_for(condition: object, seconds: float = 15.0) -> None:
    """Wait until `condition()` is true."""
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.02)


@contextlib.contextmanager
def our_phone(
    folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[PhoneUnderTest, dict[str, str]]]:
    """The program's phone process with the desktop's end of it, and what it says of itself."""
    home = folder / "ours"
    home.mkdir(mode=0o700)
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / "_phone.py"), str(home)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
        env={**os.environ, **environment, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    with ended(process):
        assert process.stdout
        facts = json.loads(process.stdout.readline())
        engine = psutil.Process(facts["pid"])
        yield PhoneUnderTest(OURS, facts["port"], engine, "agent", "agent"), facts
    process.stdout.close()


def write_noise(path: Path) -> None:
    """A minute of quiet noise, 8 kHz: baresip hangs up when what it says is over."""
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8_000, 0, "NONE", ""))
        chance = random.Random(1)
        sound.writeframes(array("h", (chance.randint(-900, 900) for _ in range(480_000))).tobytes())


@contextlib.contextmanager
def baresip(folder: Path) -> Iterator[PhoneUnderTest]:
    """Baresip, which registers nowhere."""
    if not shutil.which("baresip"):
        sys.exit("the Debian package baresip-core is missing: there is nothing to compare with")
    home, port = folder / "baresip", free_port()
    home.mkdir()
    modules = next(Path("/usr/lib").glob("**/baresip/modules"))
    sound = home / "spoken.wav"
    write_noise(sound)
    values = {"host": LOOPBACK, "port": port, "modules": modules, "sound": sound}
    (home / "config").write_text(BARESIP_CONFIG.format(**values))
    (home / "accounts").write_text(BARESIP_ACCOUNTS.format(**values))
    (home / "contacts").write_text("")
    log = (folder / "baresip.log").open("wb")
    process = subprocess.Popen(["baresip", "-f", str(home)], stdin=subprocess.DEVNULL,
                               stdout=log, stderr=log)  # fmt: skip
    try:
        wait_for(lambda: _is_bound(port))
        yield PhoneUnderTest(THEIRS, port, psutil.Process(process.pid), "ring", "auto")
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def _is_bound(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def to_180(caller: WireCaller) -> float:
    """Milliseconds from the INVITE to the 180; the call is given up."""
    call = caller.call(NUMBER)
    took = caller.wait(call, 180) - call.sent_ns
    caller.cancel(call)
    return took / 1e6


def to_200(caller: WireCaller) -> float:
    """Milliseconds from the INVITE to the 200; the call is hung up."""
    call = caller.call(NUMBER, headers=QUEUE)
    took = caller.wait(call, 200) - call.sent_ns
    caller.hang_up(call)
    return took / 1e6


def answers(phones: list[PhoneUnderTest], runs: int) -> dict[tuple[str, int], list[float]]:
    """All times, by phone and SIP status; both phones and both kinds of call in shuffled turns."""
    # Both phones in the same shuffled order in each run: drift of the machine hits both alike.
    chance = random.Random(20261122)
    turns = []
    for phone in phones:
        ringing, answering = phone.callers()
        turns += [(phone.name, 180, to_180, ringing), (phone.name, 200, to_200, answering)]
    times: dict[tuple[str, int], list[float]] = {(name, status): [] for name, status, *_ in turns}
    try:
        for run in range(runs + WARM_UP_CALLS):
            chance.shuffle(turns)
            for name, status, measure, caller in turns:
                took = measure(caller)
                if run >= WARM_UP_CALLS:
                    times[name, status].append(took)
                # Quiet of no fixed length, or all calls would meet the phone's loop in one phase.
                time.sleep(QUIET_SECONDS * (1 + chance.random()))
    finally:
        for *_, caller in turns:
            caller.close()
    return times


def cpu_percent(process: psutil.Process) -> float:
    """CPU of one process over a while, in percent of one core."""
    before, began = process.cpu_times(), time.monotonic()
    time.sleep(CPU_SECONDS)
    after, took = process.cpu_times(), time.monotonic() - began
    return 100 * (after.user + after.system - before.user - before.system) / took


def costs(phone: PhoneUnderTest, customer: DemoCustomer) -> dict[str, object]:
    """CPU and memory without a call, and in a call that carries a voice both ways."""
    idle = cpu_percent(phone.process)
    extension = phone.answer_at
    ref = customer.call(phone.port, NUMBER, extension=extension, queue="Service")
    customer.wait("talking", ref)
    before = customer.counts(ref)
    in_call = cpu_percent(phone.process)
    after = customer.counts(ref)
    memory = phone.process.memory_full_info()
    customer.hang_up(ref)
    customer.wait("ended", ref)
    return {
        "idle, % of a core": round(idle, 2),
        "in a call, % of a core": round(in_call, 2),
        "packets in/out a second": "/".join(
            f"{(after[way] - before[way]) / CPU_SECONDS:.0f}"
            for way in ("packets_out", "packets_in")
        ),
        "PSS in a call, MB": round(memory.pss / 2**20, 1),
    }


def goals(times: dict[tuple[str, int], list[float]], ours: dict[str, object]) -> list[Goal]:
    """The goals, as documented in docs/benchmarks.md."""
    median = {key: statistics.median(found) for key, found in times.items()}
    return [
        *(
            Goal(f"median to {status} against baresip", 2.0,
                 median[OURS, status] / median[THEIRS, status], "times")
            for status in (180, 200)
        ),
        Goal("CPU of the phone process, idle", 3.0, float(str(ours["idle, % of a core"])), "%"),
        Goal("CPU in a call", 8.0, float(str(ours["in a call, % of a core"])), "%"),
    ]  # fmt: skip


def main() -> int:
    """Measure, print, judge."""
    options = arguments(__doc__.partition("\n")[0], runs=100).parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ad-phone-"))
    found = Report("phone", options.runs)
    try:
        with (
            sound_server(folder) as environment,
            our_phone(folder, environment) as (ours, facts),
            baresip(folder) as theirs,
            DemoCustomer() as customer,
        ):
            times = answers([ours, theirs], options.runs)
            spent = {phone.name: costs(phone, customer) for phone in (ours, theirs)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for (name, status), values in times.items():
        found.results[f"{status}, {name}, ms"] = summary(values)
    for name, figures in spent.items():
        found.results[name] = figures
    found.results[OURS] = {**spent[OURS], "engine": facts["engine"], "sound": facts["sound"]}
    found.goals += goals(times, spent[OURS])
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
