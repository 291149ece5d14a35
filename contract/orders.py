"""The road down for decisions: what a person at the centre, or on the site's own page, asks or tells the gateway.

Orders stand in one retained document until the gateway has answered each by an `order_done` or `order_refused`
record, so that neither a cut link nor a restart loses one. The same id twice is one order.
"""

from typing import Annotated, Literal

from msgspec import Meta

from contract.messages import Ms, Name, Text, Wire
from contract.words import Declared

MAX_ORDERS = 100


class AckAlarm(Wire, tag_field="kind", tag="ack"):
    """I have seen this alarm."""

    key: Name
    device: Name
    raised_run: Name
    raised_seq: Annotated[int, Meta(ge=1)]
    comment: Text = ""


class Report(Wire, tag_field="kind", tag="report"):
    """A person is a witness: what somebody saw at the site, each part None when not said.

    `power`: is there power in the shop, and from where, as the person saw it. Litres and centimetres are of the set's
    own tank.
    """

    observed_ms: Ms
    power: Literal["mains", "reserve", "none"] | None = None
    set_running: bool | None = None
    load_connected: bool | None = None
    litres: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    dipstick_cm: Annotated[float, Meta(ge=0, le=1000)] | None = None
    services: dict[Name, Declared] = {}
    people_present: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    needs: Text = ""


class Activation(Wire, tag_field="kind", tag="activation"):
    """The municipality opens or closes the point as a crisis point."""

    active: bool
    reason: Text


class Declaration(Wire, tag_field="kind", tag="declaration"):
    """A person says that a service is open or not, and until when."""

    service: Name
    declared: Declared
    until_ms: Ms | None


class Notice(Wire, tag_field="kind", tag="notice"):
    """A local notice for the kiosk; `withdrawn` takes it away."""

    notice: Name
    sv: Text
    en: Text = ""
    until_ms: Ms | None = None
    withdrawn: bool = False


class Command(Wire, tag_field="kind", tag="command"):
    """A request to the program itself; too late after `expires_ms`. No command reaches a machine."""

    command: Literal["rebirth"]
    expires_ms: Ms


What = AckAlarm | Report | Activation | Declaration | Notice | Command


class Order(Wire):
    """One order: who, in what role, entered when, through what (dashboard, owner-page, phone, radio)."""

    id: Name
    who: Name
    role: Name
    entered_ms: Ms
    through: Name
    what: What


class Orders(Wire):
    """All that has not been answered yet; the newest document replaces the older."""

    revision: Annotated[int, Meta(ge=0)]
    orders: Annotated[tuple[Order, ...], Meta(max_length=MAX_ORDERS)]
