"""The desk talks to the centre itself and to nobody who says he is: a real server with
certificates that are in order, and with ones that are not."""

from __future__ import annotations

import os
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_desktop.central import database, installation, staff
from agent_desktop.central.postgres import Cluster
from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.sync import questions
from agent_desktop.sync.connection import DirectConnection
from agent_desktop.sync.server import Server
from agent_desktop.sync.sign_in import sign_in, sign_out
from agent_desktop.system.credentials import KeySafe
from tests.pbx.certificates import write_certificates
from tests.rings import MemoryRing

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

DATABASE = "agent_desktop"
PASSWORD = "a password"


class Site:
    """A server with TLS and one agent; `shows(name)` changes its certificate."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        self.certificates = folder
        self.root = str(folder / "ca.pem")
        self.port = int(cluster.dsn().split("port=")[1].split()[0])

    def shows(self, name: str) -> None:
        owner = self.cluster.data.stat()
        for kind, ending in (("crt", "pem"), ("key", "key")):
            file = self.cluster.data / f"server.{kind}"
            file.write_bytes((self.certificates / f"{name}.{ending}").read_bytes())
            file.chmod(0o600)
            os.chown(file, owner.st_uid, owner.st_gid)
        with database.connect(self.cluster.dsn()) as admin:
            admin.execute("alter system set ssl = on")
            admin.execute("select pg_reload_conf()")
        self._until_shown(name)

    def _until_shown(self, name: str) -> None:
        """Until new connections get it: the server reads its files a moment later."""
        wanted = ssl.PEM_cert_to_DER_cert((self.certificates / f"{name}.pem").read_text())
        while self._shown() != wanted:
            pass

    def _shown(self) -> bytes:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), 10) as line:
            line.sendall(bytes.fromhex("0000000804d2162f"))
            if line.recv(1) != b"S":
                return b""
            with context.wrap_socket(line) as wrapped:
                return wrapped.getpeercert(binary_form=True) or b""

    def server(self, host: str = "localhost", root: str | None = None) -> Server:
        return Server(host, self.port, DATABASE, self.root if root is None else root)

    def refusal(self, server: Server) -> str:
        with pytest.raises(CentreUnreachable) as refused:
            DirectConnection(server, "ana", PASSWORD)
        assert PASSWORD not in str(refused.value)
        return refused.value.code


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    found = [i for i in installation.system_installations() if "/15/" in str(i.programs)]
    if not found:
        pytest.skip("there is no PostgreSQL of the system here")
    folder = Path(tempfile.mkdtemp(prefix="ad-tls-"))
    write_certificates(folder / "certificates")
    cluster = Cluster(folder / "server", installation=found[0], durable=False)
    try:
        cluster.start()
        database.create_database(cluster.dsn(), DATABASE)
        with database.connect(cluster.dsn(DATABASE)) as admin:
            staff.add_agent(admin, staff.NewAgent("ana", "Ana", PASSWORD))
        yield Site(cluster, folder / "certificates")
    finally:
        cluster.destroy()


def test_a_server_in_order_is_believed_and_the_line_is_encrypted(site: Site) -> None:
    site.shows("good")
    for host in ("localhost", "127.0.0.1"):
        with DirectConnection(site.server(host), "ana", PASSWORD) as centre:
            assert centre.ask(questions.POSITION).generation
            with database.connect(site.cluster.dsn(DATABASE)) as admin:
                row = admin.execute(
                    "select s.ssl, s.version from pg_stat_ssl s join pg_stat_activity a"
                    " using (pid) where a.usename = 'ana'"
                ).fetchone()
            assert row is not None
            assert row[0]
            assert row[1] in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ("stranger", "centre_untrusted"),
        ("misnamed", "centre_name"),
        ("expired", "centre_expired"),
    ],
)
def test_a_certificate_that_is_not_in_order_is_refused_with_its_reason(
    site: Site, shown: str, code: str
) -> None:
    site.shows(shown)
    assert site.refusal(site.server()) == code


def test_an_authority_that_is_not_known_or_cannot_be_read(site: Site, tmp_path: Path) -> None:
    site.shows("good")
    other = tmp_path / "authorities"
    write_certificates(other)
    assert site.refusal(site.server(root=str(other / "ca.pem"))) == "centre_untrusted"
    nowhere = str(tmp_path / "nowhere.pem")
    assert site.refusal(site.server(root=nowhere)) == "root_certificate_unreadable"


def test_a_server_without_tls_gets_nothing(site: Site) -> None:
    """Somebody in the middle says "no encryption here", and listens to what comes then."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            line, _ = door.accept()
            with line:
                line.settimeout(10)
                heard.append(line.recv(100))
                line.sendall(b"N")
                heard.append(line.recv(100))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        port = door.getsockname()[1]
        assert site.refusal(Server("localhost", port, DATABASE, site.root)) == "centre_no_tls"
        thread.join(20)
    assert heard == [bytes.fromhex("0000000804d2162f"), b""], "no name, no password"


def test_at_sign_in_the_reason_is_told_and_a_lease_still_opens_the_desk(
    site: Site, tmp_path: Path
) -> None:
    safe = KeySafe("test", MemoryRing())
    site.shows("stranger")
    with pytest.raises(SignInFailed) as failed:
        sign_in(site.server(), tmp_path, "ana", PASSWORD, safe)
    assert failed.value.code == "centre_untrusted"
    site.shows("good")
    sign_out(sign_in(site.server(), tmp_path, "ana", PASSWORD, safe))
    site.shows("expired")
    done = sign_in(site.server(), tmp_path, "ana", PASSWORD, safe)
    assert not done.online
    sign_out(done)
    with pytest.raises(SignInFailed) as failed:
        sign_in(site.server(), tmp_path, "bruno", PASSWORD, safe)
    assert failed.value.code == "centre_expired"
