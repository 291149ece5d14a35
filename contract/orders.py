"""The road down for decisions: what a person at the centre, or on the site's own page, asks or tells the gateway.

Orders stand in one retained document until the gateway has answered each by an `order_done` or `order_refused`
record, so that neither a cut link nor a restart loses one. The same id twice is one order.
"""

from typing import Annotated, Literal

from msgspec import Meta

from contract.wire import Ms, Name, Text, Wire
from contract.words import Declared, NeedKind, Status

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
    station_litres: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None
    """Diesel in the fuel station's own tank."""
    doubt_minutes: Annotated[int, Meta(ge=0, le=1440)] = 0
    """How far off `observed_ms` may be."""
    people_present: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    needs: Text = ""
    told_by: Annotated[str, Meta(max_length=80)] = ""
    """Who saw it and told whoever enters it; "" when they are one."""

    def witness(self, entered_by: str) -> str:
        """Who saw it, and who entered it where that is somebody else: "Lars (Carin)"."""
        return f"{self.told_by} ({entered_by})"[:80] if self.told_by else entered_by


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


class Shelve(Wire, tag_field="kind", tag="shelve"):
    """Lay an alarm aside for a while; it comes back by itself. `for_s` 0 takes it back now."""

    key: Name
    device: Name
    for_s: Annotated[int, Meta(ge=0, le=8 * 3600)]
    comment: Annotated[str, Meta(min_length=1, max_length=2000)]


class OutOfService(Wire, tag_field="kind", tag="out_of_service"):
    """Take an alarm out of service, or back: the sensor is away, the machine is being rebuilt."""

    key: Name
    device: Name
    out: bool
    comment: Annotated[str, Meta(min_length=1, max_length=2000)]


class ServiceVisit(Wire, tag_field="kind", tag="service_visit"):
    """Somebody works on the set: what follows from it is no alarm. Ends by itself; `for_s` 0 ends it now."""

    for_s: Annotated[int, Meta(ge=0, le=12 * 3600)] = 4 * 3600
    note: Text = ""


class Confirmation(Wire, tag_field="kind", tag="confirmation"):
    """A person confirms that something is so, or is not.

    `what`: `sot:<requirement>`, `activator:<id>` (is willing and able), or `check:<check of the readiness>`.
    """

    what: Name
    ok: bool
    observed_ms: Ms
    responsible: Text = ""
    note: Text = ""


class Absence(Wire, tag_field="kind", tag="absence"):
    """An activator is away. `until_ms` before `from_ms` is refused; equal takes the absence back."""

    activator: Name
    from_ms: Ms
    until_ms: Ms


class DeclaredRun(Wire, tag_field="kind", tag="declared_run"):
    """A test run that a person tells of, because no instrument saw it."""

    started_ms: Ms
    minutes: Annotated[int, Meta(ge=0, le=10_000)]
    voltage: bool
    load_percent: Annotated[float, Meta(ge=0, le=150)] | None = None
    comment: Text = ""


class RunNote(Wire, tag_field="kind", tag="run_note"):
    """Who ran the set, and a comment, added to a recorded run."""

    run_id: Name
    who: Text = ""
    comment: Text = ""


class Delivery(Wire, tag_field="kind", tag="delivery"):
    """Fuel was delivered. `cfpp_c`: the temperature at which the filter plugs, °C."""

    litres: Annotated[float, Meta(gt=0, le=1_000_000)]
    product: Literal["diesel", "diesel-fame-free", "hvo"]
    delivered_ms: Ms
    summer: bool = False
    cfpp_c: Annotated[float, Meta(ge=-60, le=20)] | None = None
    note: Text = ""


class CallOut(Wire, tag_field="kind", tag="call_out"):
    """The municipality asks for the point to be opened, or local people say that they open it.

    `reason` may be left out: who stands in the cold with gloves on begins with one press.
    """

    reason: Text = ""


class Answer(Wire, tag_field="kind", tag="answer"):
    """What an activator said, by himself or as written down by hand ("lovat per telefon 18:20")."""

    activator: Name
    coming: bool
    in_minutes: Annotated[int, Meta(ge=0, le=1440)] | None = None
    note: Text = ""


class StepDone(Wire, tag_field="kind", tag="step"):
    """One step of the site's checklist is done; `position` is where the switch stands, where the list asks for it."""

    step: Name
    position: Text = ""
    note: Text = ""


class NeedSaid(Wire, tag_field="kind", tag="need"):
    """Something the village needs from the municipality. Not an emergency call: that is 112."""

    need: Name
    what: NeedKind
    people: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    text: Annotated[str, Meta(max_length=300)] = ""


class NeedMark(Wire, tag_field="kind", tag="need_mark"):
    """The municipality has read a need, or it is solved."""

    need: Name
    state: Literal["read", "solved"]
    note: Text = ""


class SetClock(Wire, tag_field="kind", tag="set_clock"):
    """A person's phone offers its time to a box that does not know it: `wall_ms` was at uptime `up_ms` of `boot`.

    The uptime is the site's own, as the page knows it, so that an order that was long on its way is as good as new.
    """

    wall_ms: Ms
    boot: Name
    up_ms: Ms


class BreakGlass(Wire, tag_field="kind", tag="break_glass"):
    """Somebody opened the sealed code of the site's own page: whoever the order names acts as its owner until then.

    `until_ms` None: no clock was known. `replaced`: a new code lies sealed, and what stood until then is over.
    """

    until_ms: Ms | None = None
    replaced: bool = False


What = (
    AckAlarm
    | Report
    | Activation
    | Declaration
    | Notice
    | Command
    | Shelve
    | OutOfService
    | ServiceVisit
    | Confirmation
    | Absence
    | DeclaredRun
    | RunNote
    | Delivery
    | CallOut
    | Answer
    | StepDone
    | NeedSaid
    | NeedMark
    | SetClock
    | BreakGlass
)


class Order(Wire):
    """One order: who, in what role, entered when, through what (dashboard, owner-page, phone, radio).

    `status`: as which the site showed itself when it was entered; a site that is another by now refuses it. None: not
    said.
    """

    id: Name
    who: Name
    role: Name
    entered_ms: Ms
    through: Name
    what: What
    status: Status | None = None


class Orders(Wire):
    """All that has not been answered yet; the newest document replaces the older."""

    revision: Annotated[int, Meta(ge=0)]
    orders: Annotated[tuple[Order, ...], Meta(max_length=MAX_ORDERS)]
