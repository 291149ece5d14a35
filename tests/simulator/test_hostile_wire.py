"""Whatever comes in over a wire, the plant goes on."""

import os
import socket
import time
import tty

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

READ_MODE = bytes.fromhex("0303040001")


def test_noise_on_tcp_stops_nothing(start, ask_tcp):
    """After any bytes on one connection, the next connection reads the right word."""
    ready = start("run", "automatic").next_line()
    port = ready["tcp"]["genset"]["port"]

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.binary(min_size=1, max_size=300))
    def shout(noise: bytes) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as peer:
            peer.sendall(noise)

    shout()

    assert "03020001" == ask_tcp(port, 1, READ_MODE).hex()


def test_noise_on_the_serial_line_costs_one_question_at_most(start, ask_tcp, ask_serial, frame):
    """After noise and half a frame, a device on the line answers again at the next question but one."""
    ready = start("run", "automatic").next_line()
    path, port = ready["rtu"]["genset-rtu"]["path"], ready["tcp"]["genset"]["port"]
    question = frame(10, READ_MODE)
    assert b"\x0a\x03\x02\x00\x01" == ask_serial(path, question)[:5]

    for noise in (bytes(range(256)), question[:5], b"\xff" * 300, b"\x0a\x10\xff\xff\xff\xff\xff"):
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(descriptor)
        os.write(descriptor, noise)
        os.close(descriptor)

        ask_serial(path, question, wait_s=0.3)
        for _ in range(2):  # it has read all that was written, and then seen that the line is silent
            ask_tcp(port, 1, READ_MODE)
            time.sleep(0.2)
        ask_tcp(port, 1, READ_MODE)
        assert b"\x0a\x03\x02\x00\x01" == ask_serial(path, question)[:5], noise[:8]
