"""K Modbus TCP devices in one process, as cheap as can be: `python -m bench.plant K` prints their ports as JSON.

Not the product's simulator on purpose: here only the reader is measured.
"""

import asyncio
import json
import struct
import sys


def checksum(frame: bytes) -> bytes:
    """CRC of a frame on a serial line, low byte first."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")


class Device(asyncio.Protocol):
    """Answers every read with counting words."""

    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the wire."""
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        """One or more requests: MBAP header, function, start, count."""
        self._buffer += data
        while len(self._buffer) >= 12:
            number, _, _, unit, function, start, count = struct.unpack(">HHHBBHH", self._buffer[:12])
            self._buffer = self._buffer[12:]
            Device.count += 1
            words = b"".join(struct.pack(">H", (start + place + Device.count) % 200) for place in range(count))
            head = struct.pack(">HHHBBB", number, 0, 3 + len(words), unit, function, len(words))
            self._transport.write(head + words)  # type: ignore[attr-defined]


async def serve(devices: int) -> None:
    """Until the parent closes the pipe or ends the process."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Device, "127.0.0.1", 0) for _ in range(devices)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
