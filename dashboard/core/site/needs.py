"""What the village needs from the municipality, in words. A need is never shown further than it is proven to have come.

It is no emergency call, and every list of needs says so.
"""

from msgspec import Struct

from contract.judgement import NeedNow
from contract.orders import NeedMark, Order
from contract.words import NeedState
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader

ROLES = {
    NeedState.SAVED: "remark",
    NeedState.RECEIVED: "information",
    NeedState.READ: "information",
    NeedState.SOLVED: "good",
}


class NeedRow(Struct, frozen=True, kw_only=True):
    """One need. `waiting`: who has marked it here while the site has not confirmed."""

    id: str
    what: str
    people: str
    text: str
    said: str
    word: str
    role: str
    note: str
    solved: bool
    read: bool
    waiting: str


def need_rows(
    told: tuple[NeedNow, ...], pending: tuple[Order, ...], picture: SitePicture, reader: Reader
) -> tuple[NeedRow, ...]:
    """All needs: those not solved first, the newest of each kind first."""
    newest = sorted(told, key=lambda one: -(one.at.wall_ms or one.at.up_ms))
    ordered = sorted(newest, key=lambda one: one.state is NeedState.SOLVED)
    return tuple(_row(one, pending, picture, reader) for one in ordered)


def _row(one: NeedNow, pending: tuple[Order, ...], picture: SitePicture, reader: Reader) -> NeedRow:
    marks = [order for order in pending if isinstance(order.what, NeedMark) and order.what.need == one.id]
    people = ""
    if one.people is not None:
        people = reader.t("need_people_one") if one.people == 1 else reader.t("need_people_many", n=one.people)
    return NeedRow(
        id=one.id,
        what=reader.phrase("need", one.what),
        people=people,
        text=one.text,
        said=f"{one.who}, {reader.moment(one.at, picture.contact)}",
        word=_word(one, reader),
        role=ROLES[one.state],
        note=one.note,
        solved=one.state is NeedState.SOLVED,
        read=one.state in (NeedState.READ, NeedState.SOLVED),
        waiting=marks[0].who if marks else "",
    )


def _word(one: NeedNow, reader: Reader) -> str:
    """How far it is proven to have come. At the centre "here" would say too much: it is saved at the site."""
    if one.state is NeedState.SAVED:
        return reader.t("need_saved") if reader.at_site else reader.t("need_saved_there")
    if one.state is NeedState.READ and one.read_by:
        return reader.t("need_read", who=", ".join(one.read_by))
    if one.state is NeedState.SOLVED and one.solved_by:
        return reader.t("need_solved", who=one.solved_by)
    return reader.phrase("need_state", one.state)
