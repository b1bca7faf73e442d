#!/usr/bin/env python3
"""Build pjsua2 with ALSA, Opus and OpenSSL 3 from Debian's sources; prints the wheel's path.

Run it with the Python that will use the wheel: `PYTHON installer/linux/pjsua2/build_wheel.py`.
Every step that is done is skipped the next time, unless something it depends on has changed.
README.md in this folder says what is built, why so, and how the wheel is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wheel_file import Build, lay_out, wheel_name, write_wheel

HERE = Path(__file__).resolve().parent
PJPROJECT = "2.17"
#: The suite of Debian whose asterisk carries that pjproject, SWIG binding included.
SUITE = "forky"

BUILD_PACKAGES = (
    *("build-essential", "dpkg-dev", "openssl", "swig", "uuid-dev"),
    *("libasound2-dev", "libgsm1-dev", "libopus-dev", "libsamplerate0-dev", "libspeex-dev"),
    *("libspeexdsp-dev", "libsrtp2-dev", "libssl-dev"),
)
_NOT_BUILT = (
    *("video", "sdl", "ffmpeg", "v4l2", "openh264", "vpx", "libyuv", "libwebrtc", "upnp"),
    # Codecs that Debian removed from its sources, or that no PBX asks for.
    *("bcg729", "lyra", "silk", "opencore-amr", "ilbc-codec", "g7221-codec", "l16-codec"),
)
CONFIGURE = (
    *(f"--disable-{part}" for part in _NOT_BUILT),
    *("--with-external-srtp", "--with-external-speex", "--with-external-gsm"),
    # Without epoll a file number above 1023 would be written beyond the end of an fd_set.
    *("--enable-libsamplerate", "--enable-epoll"),
)
#: Hardened, since it reads what the network sends; only the module's entry stays visible.
CFLAGS = (
    "-O2 -fPIC -DNDEBUG -w -D_FORTIFY_SOURCE=2 -fstack-protector-strong"
    " -fvisibility=hidden -ffunction-sections -fdata-sections"
)
LDFLAGS = "-Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,--as-needed"
_LIBRARIES = ("pjlib", "pjlib-util", "pjnath", "third_party", "pjmedia", "pjsip")
SWIG = ("swig", "-c++", "-threads", "-w312", "-python")
_INCLUDED = ("pjlib", "pjlib-util", "pjmedia", "pjsip", "pjnath")


class BuildFailed(Exception):
    """A step cannot be done; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    cache: Path
    jobs: int
    suite: str
    mirror: str
    keyring: Path
    sources: Path | None
    installs_packages: bool

    @property
    def log(self) -> Path:
        """Where the output of every command goes."""
        return self.cache / "build.log"


def say(text: str) -> None:
    """A line of progress."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def digest(*parts: object) -> str:
    """A short name for everything a result depends on."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def run(order: Order, command: Sequence[str], folder: Path, **environment: str) -> str:
    """Run a command, its output into the log; the standard output. A failure shows the end."""
    with order.log.open("a", encoding="utf-8") as log:
        log.write(f"$ {shlex.join(command)}\n")
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        log.write(done.stdout)
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-25:])
        raise BuildFailed(f"{end}\n\nfailed: {shlex.join(command)[:200]} (log: {order.log})")
    return done.stdout


def answer_of(*command: str) -> str:
    """What a command prints; empty if it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def once(stamp: Path, name: str, act: Callable[[], None]) -> None:
    """Do a step unless its stamp says that it is done."""
    if stamp.exists():
        say(f"{name}: done before")
        return
    say(f"{name} ...")
    since = time.monotonic()
    act()
    stamp.touch()
    say(f"{name}: {time.monotonic() - since:.0f} s")


# --- what is built from


def installed(package: str) -> str:
    """The version of an installed Debian package; empty if it is not there."""
    state = answer_of("dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", package)
    return state[3:] if state.startswith("ii") else ""


def need_packages(order: Order) -> None:
    """The compiler and the development files must be there."""
    missing = [each for each in BUILD_PACKAGES if not installed(each)]
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if missing and not order.installs_packages:
        raise BuildFailed(f"not installed; as root:\n    {shlex.join(command)}")
    if missing:
        say(f"installing {' '.join(missing)}")
        run(order, command, order.cache, DEBIAN_FRONTEND="noninteractive")
    header = Path(sysconfig.get_path("include"), "Python.h")
    if not header.exists():
        raise BuildFailed(f"{header} is missing: install the development files of this Python")


def own_mirror() -> str:
    """The archive this machine gets Debian from."""
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", SUITE)
    for line in answer_of("apt-get", "indextargets", "--format", form).splitlines():
        address, _, suite = line.partition(" ")
        if suite == f"{codename} main":
            return address
    raise BuildFailed("apt knows no Debian archive: name one with --mirror, or use --sources")


def fetch_sources(order: Order, folder: Path) -> None:
    """Let apt get asterisk's source package, checked against the archive's signature.

    apt works with a configuration of its own, so the machine's lists of packages stay as they are.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    mirror = order.mirror or own_mirror()
    line = f"deb-src [signed-by={order.keyring}] {mirror} {order.suite} main\n"
    (folder / "sources.list").write_text(line)
    options = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
    run(order, [*apt, "update"], folder)
    run(order, [*apt, "source", "--download-only", "asterisk"], folder)
    shutil.rmtree(folder / "lists")
    shutil.rmtree(folder / "cache")


def description(folder: Path) -> Path:
    """The .dsc file of the source package."""
    found = sorted(folder.glob("asterisk_*.dsc"))
    if not found:
        raise BuildFailed(f"{folder} holds no source package of asterisk")
    return found[-1]


def unpack(order: Order, dsc: Path, target: Path) -> None:
    """pjproject out of the source package, with Debian's patches."""
    whole = target.with_suffix(".asterisk")
    for folder in (whole, target):
        shutil.rmtree(folder, ignore_errors=True)
    run(order, ["dpkg-source", "--no-copy", "-x", str(dsc), str(whole)], target.parent)
    version = (whole / "Xpjproject" / "version.mak").read_text()
    numbers = re.findall(r"PJ_VERSION_(?:MAJOR|MINOR|REV)\s*:=[ ]*(\d+)", version)
    if ".".join(numbers) != PJPROJECT:
        raise BuildFailed(f"{dsc.name} holds pjproject {'.'.join(numbers)}, not {PJPROJECT}")
    (whole / "Xpjproject").rename(target)
    shutil.rmtree(whole)
    makefile = target / "pjmedia/build/Makefile"
    # Not free, hence not in Debian's sources; Debian's own patch mostly has dropped it already.
    makefile.write_text(makefile.read_text().replace(" bdimad_dev.o", ""))
    shutil.copy(HERE / "config_site.h", target / "pjlib/include/pj/config_site.h")


# --- building


def configure(order: Order, tree: Path) -> None:
    """Let configure look for what is there, and see that it found what matters."""
    run(order, ["sh", "./aconfigure", *CONFIGURE], tree, CFLAGS=CFLAGS, CXXFLAGS=CFLAGS)
    found = (tree / "pjmedia/build/os-auto.mak").read_text()
    features = (tree / "pjlib/include/pj/compat/os_auto.h").read_text()
    opus = (tree / "pjmedia/include/pjmedia-codec/config_auto.h").read_text()
    is_there = {
        "ALSA": re.search(r"AC_PJMEDIA_SND\s*=\s*.*alsa", found),
        "OpenSSL": re.search(r"define PJ_HAS_SSL_SOCK\s+1", features),
        "Opus": re.search(r"define PJMEDIA_HAS_OPUS_CODEC\s+1", opus),
    }
    if missing := [name for name, match in is_there.items() if not match]:
        raise BuildFailed(f"configure did not find {', '.join(missing)} (log: {order.log})")


def compile_library(order: Order, tree: Path) -> None:
    """The static libraries; their test programs are left out where make allows it."""
    run(order, ["make", "dep"], tree)
    for name in _LIBRARIES:
        say(f"  {name}")
        (tree / name / "lib").mkdir(exist_ok=True)
        run(order, ["make", f"-j{order.jobs}"], tree / name / "build")


def compile_binding(order: Order, tree: Path, folder: Path) -> None:
    """The Python module: SWIG's wrapper, linked with the static libraries."""
    package = folder / "pjsua2"
    shutil.rmtree(folder, ignore_errors=True)
    package.mkdir(parents=True)
    binding = tree / "pjsip-apps/src/swig/python"
    includes = [f"-I{tree / name / 'include'}" for name in _INCLUDED]
    wrapper = folder / "pjsua2_wrap.cpp"
    target = ["-outdir", str(folder), "-o", str(wrapper), "../pjsua2.i"]
    run(order, [*SWIG, *includes, *target], binding)
    ask = ["make", "--no-print-directory", "-f", "helper.mak"]
    flags = {name: run(order, [*ask, name], binding).split() for name in ("cflags", "ldflags")}
    libraries = [f"-l{name}" for name in run(order, [*ask, "libs"], binding).split()]
    say("  the wrapper (one large file)")
    python = f"-I{sysconfig.get_path('include')}"
    made = folder / "pjsua2_wrap.o"
    # -O1: the wrapper only converts arguments; -O2 doubles the time and the memory it takes.
    compiler = ["g++", *CFLAGS.replace("-O2", "-O1").split(), python]
    run(order, [*compiler, *flags["cflags"], "-O1", "-c", str(wrapper), "-o", str(made)], binding)
    module = package / f"_pjsua2{sysconfig.get_config_var('EXT_SUFFIX')}"
    link = ["g++", "-shared", "-o", str(module), str(made), *flags["ldflags"], *LDFLAGS.split()]
    run(order, [*link, *libraries], binding)
    run(order, ["strip", "--strip-unneeded", str(module)], binding)
    (folder / "pjsua2.py").rename(package / "__init__.py")


def runtime_packages(module: Path) -> list[str]:
    """The Debian packages whose shared libraries the module is linked with."""
    needed = re.findall(r"NEEDED.*\[(.+)\]", answer_of("readelf", "-d", str(module)))
    packages: set[str] = set()
    for name, path in re.findall(r"(\S+) => (\S+)", answer_of("ldd", str(module))):
        if name in needed:
            # dpkg knows /lib or /usr/lib, whichever the package was made with.
            places = (path, str(Path(path).resolve()), path.removeprefix("/usr"))
            owners = [answer_of("dpkg-query", "-S", place) for place in places]
            packages.update(re.findall(r"^([^:,\s]+)", "\n".join(owners), re.MULTILINE))
    return sorted(packages)


# --- all of it


def build(order: Order) -> Path:
    """Do what is not done yet; the wheel."""
    need_packages(order)
    source = order.sources or order.cache / "sources"
    if not order.sources:
        source.mkdir(parents=True, exist_ok=True)
        once(source / ".done", "sources", lambda: fetch_sources(order, source))
    dsc = description(source)
    tools = [f"{name} {installed(name)}" for name in BUILD_PACKAGES]
    site = (HERE / "config_site.h").read_text()
    tree = order.cache / f"pjproject-{digest(dsc.name, site, CONFIGURE, CFLAGS, *tools)}"
    once(tree / ".unpacked", "unpacking", lambda: unpack(order, dsc, tree))
    once(tree / ".configured", "configuring", lambda: configure(order, tree))
    once(tree / ".compiled", "compiling", lambda: compile_library(order, tree))
    folder = order.cache / f"binding-{digest(tree.name, sys.version, SWIG, LDFLAGS)}"
    once(folder / ".linked", "binding", lambda: compile_binding(order, tree, folder))
    wheel = order.cache / wheel_name(PJPROJECT)
    module = folder / "pjsua2"
    needs = runtime_packages(next(module.glob("_pjsua2*.so")))
    write_wheel(Build(module, tree / "COPYING", PJPROJECT, dsc.stem, needs), wheel)
    say(f"on the agents' computers it needs: {' '.join(needs)}")
    say("checking ...")
    check = [sys.executable, "-P", str(HERE / "self_check.py")]
    say(
        run(order, check, folder, PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1").splitlines()[
            -1
        ]
    )
    forget_others(order, tree, folder)
    return wheel


def forget_others(order: Order, tree: Path, folder: Path) -> None:
    """Remove what earlier versions of the recipe left; other Pythons' bindings are cheap."""
    for each in order.cache.glob("pjproject-*"):
        if each != tree:
            shutil.rmtree(each)
    for each in order.cache.glob("binding-*"):
        if each != folder:
            shutil.rmtree(each)


def arguments() -> argparse.Namespace:
    """The command line."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--cache", type=Path, default=home / "agent-desktop" / "pjsua2", help="where to build")
    add("--jobs", type=int, default=os.cpu_count() or 1)
    add("--suite", default=SUITE, help="Debian's suite that the sources are taken from")
    add("--mirror", default="", help="archive of Debian; by default the one apt uses here")
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    add("--keyring", type=Path, default=keyring, help="keys that have signed the archive")
    add("--sources", type=Path, help="a folder with asterisk's source package: nothing is fetched")
    add("--install-packages", action="store_true", help="let apt install what is missing (root)")
    add("--fresh", action="store_true", help="forget everything that was fetched and built")
    add("--unpack-to", type=Path, help="also lay the module into this folder, for PYTHONPATH")
    return parser.parse_args()


def main() -> int:
    """Build; 0 and the wheel's path on standard output, or 1 and the reason."""
    options = arguments()
    cache = options.cache.resolve()
    if options.fresh:
        shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    sources = options.sources.resolve() if options.sources else None
    order = Order(
        *(cache, options.jobs, options.suite, options.mirror, options.keyring, sources),
        installs_packages=options.install_packages,
    )
    order.log.write_text("")
    # Compiling takes minutes: whoever works on this machine goes first.
    os.nice(10)
    try:
        wheel = build(order)
    except BuildFailed as fault:
        say(f"not built: {fault}")
        return 1
    if options.unpack_to:
        lay_out(wheel, options.unpack_to)
    print(wheel)
    return 0


if __name__ == "__main__":
    sys.exit(main())
