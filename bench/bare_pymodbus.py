"""A bare loop over the Modbus library, as somebody would write it in an evening: read, decode, next; nothing is kept.

`python -m bench.bare_pymodbus FILE PORT…` writes the number of readings so far into the file.
"""

import asyncio
import sys
from pathlib import Path

from pymodbus.client import AsyncModbusTcpClient

from bench.yardstick import REQUESTS

count = 0


async def device(port: int) -> None:
    """One device, once a second."""
    global count  # noqa: PLW0603 - one number in a program of one page
    client = AsyncModbusTcpClient("127.0.0.1", port=port)
    await client.connect()
    while True:
        values: list[int] = []
        for start, size in REQUESTS:
            words = (await client.read_holding_registers(start, count=size, device_id=1)).registers
            values += [words[0], words[1] << 16 | words[2], words[3], words[4] << 16 | words[5]]
            values += [words[6], words[7] << 16 | words[8]]
        count += len(values)
        await asyncio.sleep(1)


async def main(file: Path, ports: list[int]) -> None:
    """Until ended."""
    async with asyncio.TaskGroup() as group:
        for port in ports:
            group.create_task(device(port))
        while True:
            await asyncio.sleep(0.2)
            file.write_text(str(count))  # noqa: ASYNC240 - a few bytes, five times a second


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
