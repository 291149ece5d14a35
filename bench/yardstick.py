"""The least that stores and forwards: raw Modbus over asyncio, one row and one QoS 1 message per poll, no judgement.

`python -m bench.yardstick BROKER_PORT DB PORT…` prints the number of readings so far on every line it is sent.
"""

import asyncio
import json
import sqlite3
import struct
import sys

import aiomqtt

REQUESTS = [(start, 9) for start in range(0, 490, 49)]
"""Ten islands of nine registers, six values each."""
VALUES = 60


class Yardstick:
    """Counts what it has forwarded."""

    def __init__(self, db: sqlite3.Connection, client: aiomqtt.Client) -> None:
        self._db = db
        self._client = client
        self.readings = 0

    async def device(self, port: int) -> None:
        """One device, once a second."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            values: list[int] = []
            for number, (start, count) in enumerate(REQUESTS):
                writer.write(struct.pack(">HHHBBHH", number, 0, 6, 1, 3, start, count))
                answer = await reader.readexactly(9 + 2 * count)
                words = struct.unpack(f">{count}H", answer[9:])
                values += [words[0], words[1] << 16 | words[2], words[3], words[4] << 16 | words[5]]
                values += [words[6], words[7] << 16 | words[8]]
            body = json.dumps(values)
            self._db.execute("INSERT INTO outbox (body) VALUES (?)", (body,))
            self._db.commit()
            await self._client.publish(f"yardstick/{port}", body, qos=1)
            self.readings += VALUES
            await asyncio.sleep(1)


async def main(broker: int, db: sqlite3.Connection, ports: list[int]) -> None:
    """Until ended."""
    async with aiomqtt.Client("127.0.0.1", broker) as client, asyncio.TaskGroup() as group:
        yardstick = Yardstick(db, client)
        for port in ports:
            group.create_task(yardstick.device(port))
        while True:
            await asyncio.sleep(1)
            print(yardstick.readings, flush=True)


if __name__ == "__main__":
    store = sqlite3.connect(sys.argv[2])
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = NORMAL")
    store.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, body TEXT)")
    asyncio.run(main(int(sys.argv[1]), store, [int(port) for port in sys.argv[3:]]))
