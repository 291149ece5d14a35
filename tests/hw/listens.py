"""Run inside a network namespace: listens on ports of all addresses, or tries ports of some addresses.

listens.py serve PORT… / PORT…   answers every TCP connection and UDP datagram, until stdin ends
listens.py try HOST… / PORT…         prints as JSON which of "host proto/port" answered
"""

import contextlib
import json
import selectors
import socket
import sys
import time

WAIT_S = 1.0
ONLY6 = "only6:"
"""Before a port: another program has it for IPv4."""


def serve(tcp: list[str], udp: list[str]) -> None:
    """Answer on all addresses of both families until stdin is closed."""
    chosen = selectors.DefaultSelector()
    for kind, ports in ((socket.SOCK_STREAM, tcp), (socket.SOCK_DGRAM, udp)):
        for word in ports:
            one = socket.socket(socket.AF_INET6, kind)
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(word.startswith(ONLY6)))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("::", int(word.removeprefix(ONLY6))))
            if kind == socket.SOCK_STREAM:
                one.listen(64)
            chosen.register(one, selectors.EVENT_READ)
    chosen.register(sys.stdin, selectors.EVENT_READ)
    while True:
        for key, _ in chosen.select():
            if key.fileobj is sys.stdin:
                return
            if key.fileobj.type == socket.SOCK_STREAM:
                key.fileobj.accept()[0].close()
            else:
                _, peer = key.fileobj.recvfrom(100)
                with contextlib.suppress(OSError):  # the firewall may not let the answer out
                    key.fileobj.sendto(b"!", peer)


def attempt(hosts: list[str], ports: list[int]) -> list[str]:
    """Every host and port at once, TCP and UDP, one wait for all."""
    chosen = selectors.DefaultSelector()
    for host in hosts:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for port in ports:
            for kind, name in ((socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")):
                one = socket.socket(family, kind)
                one.setblocking(False)
                try:
                    one.connect_ex((host, port))
                    if name == "udp":
                        one.send(b"?")
                except OSError:
                    continue
                wanted = selectors.EVENT_WRITE if name == "tcp" else selectors.EVENT_READ
                chosen.register(one, wanted, (host, name, port))
    found = []
    until = time.monotonic() + WAIT_S
    # as long as answers come they are taken: on a busy machine the time may be over before the first was looked at
    while chosen.get_map() and (ready := chosen.select(max(0.05, until - time.monotonic()))):
        for key, _ in ready:
            host, name, port = key.data
            one = key.fileobj
            chosen.unregister(one)
            if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 and (name == "tcp" or _heard(one)):
                found.append(f"{host} {name}/{port}")
    return sorted(found)


def _heard(one: socket.socket) -> bool:
    try:
        return bool(one.recv(10))
    except OSError:
        return False


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    first, second = words[: words.index("/")], words[words.index("/") + 1 :]
    if what == "serve":
        serve(first, second)
    else:
        sys.stdout.write(json.dumps(attempt(first, [int(word) for word in second])))
