"""The tiles under the map, from the operator's own file: seen by whoever may see the map, kept by their browser."""

import asyncio
import base64

from litestar import Response, get
from litestar.exceptions import HTTPException

from dashboard.io.web.asking import Asked
from dashboard.io.web.guard import LIVE

KEPT = {"Cache-Control": f"private, max-age={30 * 24 * 3600}, immutable"}
"""The version of the file stands in the address, so that another file is never mixed with what is kept."""
NOTHING = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII="
)
"""A picture of nothing, where the file has none: the ground is then seen, and no browser marks it as broken."""


@get("/tiles/{version:str}/{zoom:int}/{column:int}/{line:int}", opt=LIVE)
async def tile(request: Asked, version: str, zoom: int, column: int, line: int) -> Response[bytes]:
    """One tile of the map's ground; `line` is counted from the north."""
    tiles = request.app.state.rows.tiles
    if tiles is None or version != tiles.set.version:
        raise HTTPException(status_code=404, detail="there is no such tile")
    found = await asyncio.to_thread(tiles.picture, zoom, column, line)
    picture, kind = found or (NOTHING, "image/png")
    return Response(picture, media_type=kind, headers=KEPT if found else {})


HANDLERS = (tile,)
