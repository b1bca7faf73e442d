"""The program from its first paint to its end; with shift.py the only file that knows everyone.

The start-up rule: the sign-in page is painted before anything heavy is imported; the rest is
imported in a thread while the agent types. So this module's head imports next to nothing.
"""

from __future__ import annotations

import importlib
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from agent_desktop.desk.background import Background, Lane
from agent_desktop.errors import Refused
from agent_desktop.settings import PRODUCT, Settings, save_user
from agent_desktop.system import plain_imports  # noqa: F401 - before anything else of ours is loaded
from agent_desktop.system.garbage_collection import GarbageCollection
from agent_desktop.views.look import theme
from agent_desktop.views.shell.sign_in import CentreState, SignIn, SignInRequest
from agent_desktop.views.words import language

if TYPE_CHECKING:
    from agent_desktop.shift.log_in import LogIn
    from agent_desktop.shift.shift import DemoCalls, Shift
    from agent_desktop.sync.sign_in import SignedIn
    from agent_desktop.system.credentials import Keyring, KeySafe, Remembered
    from agent_desktop.system.global_hotkeys import GlobalHotkeys
    from agent_desktop.system.single_instance import InstancePlace
    from agent_desktop.views.shell.main_window import MainWindow

log = logging.getLogger(__name__)

#: On a screen of this size (1366x768, say) the window takes all there is.
SMALL_SCREEN = (1440, 900)


class Window(QStackedWidget):
    """The one window: the sign-in page, or the shell of the shift."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(PRODUCT)
        self.setMinimumSize(1280, 680)
        self.may_close: Callable[[], bool] = lambda: True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay open in a call, and until unsent work was told of."""
        if self.may_close():
            super().closeEvent(event)
        else:
            event.ignore()


class App(QObject):
    """The sign-in page, then the shift of one agent, then the sign-in page again.

    `loaded` tells that everything is imported, `signed_in(Shift)` that the shell is open,
    `signed_out` that it is closed. `demo` is there only in a profile made by the demo; without
    a `keyring` of its own the system's is used.
    """

    loaded = Signal()
    signed_in = Signal(object)
    signed_out = Signal()

    def __init__(
        self,
        settings: Settings,
        demo: DemoCalls | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.shift: Shift | None = None
        self.background = Background(self)
        self._collector = GarbageCollection(self)
        self._demo = demo
        self._keyring = keyring
        self._safes: dict[str, KeySafe] = {}
        self._system_keys: GlobalHotkeys | None = None
        self.window = Window()
        self.sign_in = SignIn(self.window)
        self.window.addWidget(self.sign_in)
        self.sign_in.sign_in_requested.connect(self.enter)
        self.sign_in.server_edited.connect(self._probe)
        self.sign_in.set_language(settings.language or language.SOURCE)
        self.sign_in.language_chosen.connect(self.speak)
        self.sign_in.fill(settings.server, settings.user)

    # -- life -------------------------------------------------------------------------------
    def start(self) -> None:
        """Show the sign-in page; load the rest as soon as it is painted."""
        if self.settings.window:
            kept = QByteArray(self.settings.window.encode())
            self.window.restoreGeometry(QByteArray.fromBase64(kept))
        screen = self.window.screen().availableSize()
        if screen.width() <= SMALL_SCREEN[0] or screen.height() <= SMALL_SCREEN[1]:
            self.window.showMaximized()
        else:
            self.window.show()
        QTimer.singleShot(0, self._load_rest)

    def close(self) -> None:
        """End the shift if there is one, and all threads."""
        geometry = self.window.saveGeometry().toBase64().data()
        self.remember(window=bytes(geometry).decode())
        self._end_shift()
        self.background.stop()
        self._collector.stop()
        self.window.may_close = lambda: True
        self.window.close()

    def take_links(self, place: InstancePlace | None, link: str = "") -> None:
        """Offer `link`, and from now on those of later starts, which come to `place`."""
        from agent_desktop.shift.link_handler import LinkHandler

        handler = LinkHandler(self.window, place)
        self.signed_in.connect(lambda shift: handler.show_in(shift.window))
        self.signed_out.connect(handler.wait)
        if self.shift is not None:
            handler.show_in(self.shift.window)
        handler.offer(link)

    def _load_rest(self) -> None:
        self.background.run_free(_import_rest).then(self._on_loaded, failed=self._on_not_loaded)

    def _on_loaded(self, _result: object) -> None:
        self._collector.spare_what_is_loaded()
        self._probe(self.settings.server)
        if self.shift is None and not self.sign_in.is_busy:
            self.background.run_free(self._remembered).then(self._fill_in)
        self.loaded.emit()

    def _on_not_loaded(self, error: Exception) -> None:
        log.critical("the program is incomplete", exc_info=error)
        self.sign_in.show_failure("incomplete")

    def _remembered(self) -> Remembered | None:
        """Who was to be remembered here; asks the keyring, so off the GUI thread."""
        return self._safe(self.settings.server).remembered() if self.settings.server else None

    def _fill_in(self, kept: Remembered | None) -> None:
        if kept is not None and not self.sign_in.password.value():
            self.sign_in.fill(
                self.settings.server, kept.user, remember=True, password=kept.password
            )

    def _safe(self, server: str) -> KeySafe:
        """The safe of one centre; the same one until the end, for keys without a keyring."""
        from agent_desktop.system.credentials import KeySafe, system_keyring

        if server not in self._safes:
            ring = self._keyring or system_keyring()
            self._safes[server] = KeySafe(f"{self.settings.profile}/{server}", ring)
        return self._safes[server]

    # -- sign-in ----------------------------------------------------------------------------
    def _probe(self, server: str) -> None:
        """Find out in the background whether the centre answers."""
        is_known = bool(server.strip())
        self.sign_in.show_centre(CentreState.CHECKING if is_known else CentreState.UNKNOWN)
        if is_known:
            order = self.background.run_free(_answers, server)
            order.then(self._probed, key="probe", lane=Lane.CENTRE)

    def _probed(self, reachable: bool) -> None:
        state = CentreState.REACHABLE if reachable else CentreState.UNREACHABLE
        self.sign_in.show_centre(state)
        self.sign_in.offer_offline(not reachable and self.settings.folder.is_dir())

    def enter(self, request: SignInRequest) -> None:
        """Sign in with what was typed."""
        self.sign_in.set_busy(True)
        run, refuse = self.background.run_free, self._refuse_entry
        if request.new_password:
            order = run(_change_password, request, self.settings, self._safe(request.server))
            order.then(partial(self._enter_anew, request), failed=refuse)
        else:
            run(self._sign_in, request).then(partial(self._open_shift, request), failed=refuse)

    def _enter_anew(self, request: SignInRequest, _done: None) -> None:
        self.sign_in.take_new_password()
        self.enter(request.with_new_password())

    def _sign_in(self, request: SignInRequest) -> tuple[LogIn, SignedIn]:
        from agent_desktop.shift.log_in import LogIn
        from agent_desktop.sync.server import Server
        from agent_desktop.sync.sign_in import sign_in

        settings = self.settings
        server = Server.parse(request.server, settings.root_certificate)
        safe = self._safe(request.server)
        settings.folder.mkdir(parents=True, exist_ok=True)
        done = sign_in(
            server,
            settings.folder,
            request.user,
            request.password,
            safe,
            remember=request.remember,
            old_password=request.old_password,
            without_old=request.without_old,
        )
        return LogIn(server, request.user, request.password), done

    # -- what is remembered -----------------------------------------------------------------
    def remember(self, **changes: str | int) -> None:
        """Keep settings of this person for the next start; a demo keeps none."""
        changed = {key: new for key, new in changes.items() if getattr(self.settings, key) != new}
        if not changed:
            return
        self.settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        if self._demo is None and not self.settings.accepts_loopback_calls:
            try:
                save_user(changed)
            except OSError:
                log.warning("the settings could not be kept", exc_info=True)

    def speak(self, code: str) -> None:
        """Change the language; pages made from now on speak it."""
        language.speak(code)
        self.sign_in.set_language(code)
        self.remember(language=code)

    def _follow_choices(self, shell: MainWindow) -> None:
        """Remember how this person wants to see the program."""
        shell.scheme_chosen.connect(lambda scheme: self.remember(theme=scheme.value))
        shell.zoom_chosen.connect(lambda zoom: self.remember(zoom_percent=round(zoom * 100)))
        shell.fold_chosen.connect(
            lambda folded: self.remember(navigation="folded" if folded else "open")
        )
        shell.header.set_language(self.settings.language or language.SOURCE)
        shell.header.language_chosen.connect(self.speak)

    def _refuse_entry(self, error: Exception) -> None:
        code = getattr(error, "code", "")
        if isinstance(error, Refused):
            self.sign_in.show_refusal(error.reasons, **error.details)
            return
        if not code:
            log.error("sign-in failed", exc_info=error)
            code = "server_unreadable" if isinstance(error, ValueError) else "fault"
        self.sign_in.show_failure(code, **getattr(error, "details", {}))

    def _open_shift(self, request: SignInRequest, entered: tuple[LogIn, SignedIn]) -> None:
        from agent_desktop.shift.shift import Shift

        log_in, done = entered
        self.remember(server=request.server, user=request.user)
        self.sign_in.set_busy(False)
        self.sign_in.password.set_value("")
        self.sign_in.show_failure("")
        shift = Shift(self.settings, log_in, done, self.background, self.window, self._demo)
        self.shift = shift
        shift.ended.connect(self._end_shift)
        shift.remembered.connect(lambda changes: self.remember(**changes))
        shift.dismissed.connect(self._dismiss)
        shift.join_keys(self._safe(request.server), partial(self._forget_mirror, log_in))
        self._follow_choices(shift.window)
        self.window.may_close = shift.may_leave
        self.window.addWidget(shift.window)
        self.window.setCurrentWidget(shift.window)
        shift.start()
        self._take_system_keys(shift.window)
        self.signed_in.emit(shift)

    def _forget_mirror(self, log_in: LogIn) -> None:
        from agent_desktop.sync import offboarding
        from agent_desktop.sync.sign_in import folder_of

        folder = folder_of(self.settings.folder, log_in.server, log_in.user)
        offboarding.forget(folder, log_in.user, self._safe(self.settings.server))

    def _dismiss(self) -> None:
        self._end_shift()
        self.sign_in.show_failure("agent_disabled")

    def _take_system_keys(self, shell: MainWindow) -> None:
        """Answer, mute and hang up from other programs; a command that is off does nothing."""
        from agent_desktop.system.global_hotkeys import GlobalHotkeys

        keys = self._system_keys = GlobalHotkeys(self)
        keys.pressed.connect(shell.commands.run)
        keys.start(self.settings.keys_of_system)
        if keys.refused and not keys.why:
            taken = ", ".join(keys.refused.values())
            shell.toasts.say(self.tr("Another program has the keys {0}").format(taken))

    def _end_shift(self) -> None:
        if self.shift is None:
            return
        shift, self.shift = self.shift, None
        if self._system_keys is not None:
            self._system_keys.stop()
            self._system_keys.deleteLater()
            self._system_keys = None
        shift.stop()
        self.window.may_close = lambda: True
        self.window.setCurrentWidget(self.sign_in)
        self.window.removeWidget(shift.window)
        shift.window.deleteLater()
        shift.deleteLater()
        self.sign_in.show_failure("")
        self.sign_in.focus_first_empty()
        self.signed_out.emit()


def _import_rest() -> None:
    importlib.import_module("agent_desktop.shift.shift")
    importlib.import_module("agent_desktop.views.kit.page").load_pages()


def _answers(server: str) -> bool:
    from agent_desktop.sync.server import answers

    return answers(server)


def _change_password(request: SignInRequest, settings: Settings, safe: KeySafe) -> None:
    from agent_desktop.shift.password_change import change_at_sign_in

    change_at_sign_in(request, settings, safe)


class FirstPaint(QObject):
    """Calls `painted` once the watched widget has been painted and the event loop is free."""

    def __init__(self, watched: QWidget, painted: Callable[[], None]) -> None:
        super().__init__(watched)
        self._painted: Callable[[], None] | None = painted
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Never swallows an event."""
        if event.type() is QEvent.Type.Paint and self._painted is not None:
            painted, self._painted = self._painted, None
            QTimer.singleShot(0, painted)
        return False


def make_application(settings: Settings) -> QApplication:
    """The Qt application in the chosen look."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName(PRODUCT)
    app.setDesktopFileName("agent-desktop")
    theme.load_fonts()
    language.speak(settings.language)
    theme.apply(app, theme.Scheme(settings.theme), at_zoom=settings.zoom_percent / 100)
    theme.follow_system(app)
    return app


def run(
    settings: Settings,
    *,
    only_first_paint: bool = False,
    place: InstancePlace | None = None,
    link: str = "",
) -> int:
    """Open the program and run it until its window is closed; returns the exit status.

    Later starts are heard at `place`; `link` is the one it was started with.
    With `only_first_paint` it tells on standard output when the sign-in page could be used
    (nanoseconds of the monotonic clock) and ends.
    """
    application = make_application(settings)
    program = App(settings)
    if only_first_paint:
        FirstPaint(program.sign_in, lambda: _tell_and_quit(application))
        program.window.show()
    else:
        program.start()
        program.loaded.connect(partial(program.take_links, place, link))
    status = application.exec()
    program.close()
    return status


def _tell_and_quit(application: QApplication) -> None:
    print(time.monotonic_ns(), flush=True)
    application.quit()
