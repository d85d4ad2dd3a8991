"""A proxy for one server that holds each request back for a while, as a far network does: `slow_proxy PORT DELAY_S`.

It looks at no byte: what comes from a client after the server has spoken is a new request. Prints the port that it
listens at, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import socket
import sys

_CHUNK_BYTES = 256 * 1024


async def main(port: int, delay_s: float) -> None:
    """Serve until standard input ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port, limit=_CHUNK_BYTES)
        answered = asyncio.Event()
        answered.set()

        async def requests() -> None:
            while data := await reader.read(_CHUNK_BYTES):
                if answered.is_set():
                    answered.clear()
                    await asyncio.sleep(delay_s)
                to_server.write(data)
                await to_server.drain()
            to_server.close()

        async def answers() -> None:
            while data := await from_server.read(_CHUNK_BYTES):
                answered.set()
                writer.write(data)
                await writer.drain()
            writer.close()

        await asyncio.gather(requests(), answers(), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_CHUNK_BYTES, family=socket.AF_INET)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
