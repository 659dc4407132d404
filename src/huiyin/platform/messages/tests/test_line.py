"""Other hosts that misbehave (reliability.md §6, 74 and 75): each costs us seconds and a megabyte at most."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from huiyin.platform.messages.plugs import line
from huiyin.platform.messages.rules.delivery import TryLater, Undeliverable


@contextmanager
def host(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A host on this machine that answers every caller in its own way."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                caller, _address = server.accept()
                with caller, suppress(OSError):
                    caller.recv(65_536)
                    answer(caller)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    server.close()


done: list[str] = []


def drip(caller: socket.socket) -> None:
    for _byte in range(600):
        caller.sendall(b"H")
        time.sleep(0.05)
    done.append("drip")


def silent(caller: socket.socket) -> None:
    time.sleep(30)
    done.append("silent")


def drip_body(caller: socket.socket) -> None:
    caller.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    drip(caller)


@pytest.mark.parametrize("answer", [silent, drip, drip_body])
def test_a_host_that_hangs_is_left_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch, answer: Callable) -> None:
    monkeypatch.setattr(line, "TOTAL_S", 0.4)
    with host(answer) as url:
        with suppress(TryLater):  # the host is still busy with us when we leave: nothing whole came
            assert not line.call("GET", url, allowed=["127.0.0.1"]).whole
        assert not done, "we left before the host had finished"


def test_ten_gigabytes_are_cut_off_and_a_packed_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)

    def packed(caller: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(bomb)}\r\n\r\n"
        caller.sendall(head.encode() + bomb)

    def endless(caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
        while True:
            caller.sendall(b"x" * 65_536)

    with host(packed) as url:
        assert line.call("GET", url, allowed=["127.0.0.1"]).body == bomb
    with host(endless) as url:
        answer = line.call("GET", url, allowed=["127.0.0.1"], most=1_000_000)
    assert (len(answer.body), answer.whole) == (1_000_000, False)


def test_garbage_and_a_redirect_are_answers_like_others() -> None:
    with host(lambda caller: caller.sendall(b"\x00\x01garbage\r\n\r\n")) as url, pytest.raises(TryLater):
        line.call("GET", url, allowed=["127.0.0.1"])
    moved = b"HTTP/1.1 301 Moved\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    with host(lambda caller: caller.sendall(moved)) as url:
        assert line.call("GET", url, allowed=["127.0.0.1"]).status == 301


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "http://0x7f.1/", "http://2130706433/",
     "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "file:///etc/passwd", "gopher://127.0.0.1/", "http:///x", "ftp://a/"],
)  # fmt: skip
def test_no_address_of_our_own_is_called(url: str) -> None:
    with pytest.raises(Undeliverable):
        line.call("GET", url)


def test_a_name_that_answers_otherwise_the_second_time_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what was checked is what is called. A name of which one address is ours is not called at all."""
    asked = []

    def resolve(name: str, port: int, **_how: object) -> list:
        asked.append(name)
        found = ["127.0.0.1"] if len(asked) > 1 else ["203.0.113.9", "10.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(line.socket, "getaddrinfo", resolve)
    with pytest.raises(Undeliverable):
        line.call("GET", "http://rebind.example/")
    assert asked == ["rebind.example"]
