"""The closed lists of words that travel between programs. People's words for them: `phrases.toml`."""

from enum import StrEnum


class Quality(StrEnum):
    """Why a value can, or can not, be believed. Everything but `good` and `substituted` carries no value."""

    GOOD = "good"
    NOT_YET_READ = "not_yet_read"
    SENSOR_FAULT = "sensor_fault"
    OVER_RANGE = "over_range"
    UNDER_RANGE = "under_range"
    BAD_DATA = "bad_data"
    DIGITAL_HIGH = "digital_high"
    DIGITAL_LOW = "digital_low"
    NOT_FITTED = "not_fitted"
    NOT_CALIBRATED = "not_calibrated"
    WRONG_DEVICE = "wrong_device"
    COMM_ERROR = "comm_error"
    IMPLAUSIBLE = "implausible"
    SUBSTITUTED = "substituted"


class Origin(StrEnum):
    """Where a value comes from. `simulated` never mixes with the others."""

    MEASURED = "measured"
    REPORTED = "reported"
    ESTIMATED = "estimated"
    SIMULATED = "simulated"


class Status(StrEnum):
    """Whether a message is meant for real (CAP 1.2 `status`)."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Audience(StrEnum):
    """Who may see a fact. The kiosk's broker account can read `public` only."""

    PUBLIC = "public"
    STAFF = "staff"


class ClockQuality(StrEnum):
    """How far the sender's wall clock can be believed."""

    SYNCED = "synced"
    HOLDOVER = "holdover"
    UNSYNCED = "unsynced"


class ClockSource(StrEnum):
    """Whom the site has the time from: time servers, its clock with a battery, or a signed-in person's phone."""

    NTP = "ntp"
    RTC = "rtc"
    PERSON = "person"


class Power(StrEnum):
    """The one power state of a site."""

    ON_MAINS = "on_mains"
    ON_BATTERY = "on_battery"
    STARTING = "starting"
    ON_RESERVE = "on_reserve"
    RETURNING = "returning"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Connection(StrEnum):
    """How the set takes over the load: by itself, or by a person."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Place(StrEnum):
    """On which side of the changeover a voltage is seen. Load-side voltage never proves mains."""

    GRID = "grid"
    GENERATOR = "generator"
    LOAD = "load"


class Readiness(StrEnum):
    """Would the site carry itself now? Unknown is never green."""

    READY = "ready"
    REMARKS = "ready_with_remarks"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"


class AlarmState(StrEnum):
    """ISA-18.2 states of one alarm."""

    NORMAL = "normal"
    UNACKED = "unacked"
    ACKED = "acked"
    RETURNED_UNACKED = "returned_unacked"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class Freshness(StrEnum):
    """The reader's judgement of an age; never sent (see `freshness.py`)."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """What one check of the readiness rests on."""

    MEASURED = "measured"
    REPORTED = "reported"
    MISSING = "missing"


class FarewellWhy(StrEnum):
    """Why a site falls silent, said by itself beforehand."""

    BATTERY = "battery"
    PLANNED = "planned"


class Lasts(StrEnum):
    """How long the battery that the box hangs on still carries it: coarse, for a screen that has to save."""

    PLENTY = "plenty"
    HOURS = "hours"
    LOW = "low"
    LAST_HOUR = "last_hour"


class Opening(StrEnum):
    """How far the point has come on the way to being a crisis point."""

    CLOSED = "closed"
    ASKED = "asked"
    PREPARING = "preparing"
    OPEN = "open"


class NeedState(StrEnum):
    """How far a need is proven to have come; never shown further."""

    SAVED = "saved"
    RECEIVED = "received"
    READ = "read"
    SOLVED = "solved"


class NeedKind(StrEnum):
    """What a village can ask the municipality for."""

    DIESEL = "diesel"
    MEDICINE = "medicine"
    STAFF = "staff"
    FOOD = "food"
    PERSON = "person"
    OTHER = "other"


class Clash(StrEnum):
    """Facts that cannot be true together."""

    MAINS_QUARREL = "mains_quarrel"
    POWER_WITHOUT_ENGINE = "power_without_engine"
    LIVE_WITHOUT_SOURCE = "live_without_source"
    RUNNING_WITHOUT_LOAD = "running_without_load"
    RUNNING_WITHOUT_VOLTAGE = "running_without_voltage"
    SWITCH_QUARREL = "switch_quarrel"
    PERSON_QUARREL = "person_quarrel"
    UPS_WITHOUT_INPUT = "ups_without_input"
    FUEL_QUARREL = "fuel_quarrel"


class Service(StrEnum):
    """What a point can offer; a closed list, so that every surface says the same."""

    FOOD = "food"
    FUEL = "fuel"
    HEAT = "heat"
    WATER = "water"
    CHARGING = "charging"
    TOILET = "toilet"
    PAY_CASH = "pay_cash"
    PAY_CARD = "pay_card"
    PAY_CARD_OFFLINE = "pay_card_offline"
    PHARMACY = "pharmacy"
    TELEPHONE = "telephone"
    RADIO = "radio"
    OVERNIGHT = "overnight"
    INFORMATION = "information"


class Sot(StrEnum):
    """The five requirements of a SOT-punkt (facts: reserve power, section 1)."""

    SHOP = "shop"
    FUEL_STATION = "fuel_station"
    RESERVE_POWER = "reserve_power"
    INFORMATION_NODE = "information_node"
    ORGANISATION = "organisation"


class Declared(StrEnum):
    """What a person has said of a service. Never inferred from power."""

    OPEN = "open"
    LIMITED = "limited"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Stream(StrEnum):
    """The gapless record streams of the second road, most urgent first."""

    EVENT = "event"
    RECEIPT = "receipt"
    SAMPLE = "sample"


class Event(StrEnum):
    """What happened at a site, in the order in which it normally happens."""

    GATEWAY_STARTED = "gateway_started"
    GATEWAY_RESTARTING_OFTEN = "gateway_restarting_often"
    BOX_ENDING = "box_ending"
    BOX_STAYS = "box_stays"
    MAINS_LOST = "mains_lost"
    ENGINE_STARTING = "engine_starting"
    ENGINE_WARMING = "engine_warming"
    ENGINE_RUNNING = "engine_running"
    ON_RESERVE = "on_reserve"
    MAINS_BACK = "mains_back"
    MAINS_UNSTABLE = "mains_unstable"
    MAINS_SETTLED = "mains_settled"
    BACK_ON_MAINS = "back_on_mains"
    ENGINE_COOLING = "engine_cooling"
    ENGINE_STOPPED = "engine_stopped"
    SENSOR_FAULT = "sensor_fault"
    SENSOR_BACK = "sensor_back"
    DEVICE_SILENT = "device_silent"
    DEVICE_BACK = "device_back"
    DEVICE_ACCEPTED = "device_accepted"
    NODE_UNKNOWN = "node_unknown"
    POWER_CHANGED = "power_changed"
    ALARM_RAISED = "alarm_raised"
    ALARM_CLEARED = "alarm_cleared"
    ALARM_ACKED = "alarm_acked"
    ALARM_SHELVED = "alarm_shelved"
    ALARM_UNSHELVED = "alarm_unshelved"
    ALARM_OUT_OF_SERVICE = "alarm_out_of_service"
    ALARM_IN_SERVICE = "alarm_in_service"
    FLOOD_BEGAN = "flood_began"
    FLOOD_ENDED = "flood_ended"
    READINESS_CHANGED = "readiness_changed"
    RUN_ENDED = "run_ended"
    OUTAGE_ENDED = "outage_ended"
    REFUELLED = "refuelled"
    FUEL_LOST = "fuel_lost"
    CALLED_OUT = "called_out"
    CALL_ANSWERED = "call_answered"
    STEP_CONFIRMED = "step_confirmed"
    NEED_SAID = "need_said"
    NEED_CHANGED = "need_changed"
    CONFIRMED = "confirmed"
    ENTERED = "entered"
    REPORT_ENTERED = "report_entered"
    NOTICE_CHANGED = "notice_changed"
    SERVICE_DECLARED = "service_declared"
    ACTIVATION_CHANGED = "activation_changed"
    BULLETIN_TAKEN = "bulletin_taken"
    BULLETIN_REFUSED = "bulletin_refused"
    CONTENT_TAKEN = "content_taken"
    CONTENT_REFUSED = "content_refused"
    ORDER_DONE = "order_done"
    ORDER_REFUSED = "order_refused"
    CLOCK_SET = "clock_set"
    CLOCK_KNOWN = "clock_known"
    CLOCK_STEPPED = "clock_stepped"
    STORE_TROUBLE = "store_trouble"
    GAP = "gap"
    BREAK_GLASS = "break_glass"
    SITE_CALLED = "site_called"


PUBLIC_EVENTS = (
    Event.MAINS_LOST,
    Event.ENGINE_STARTING,
    Event.ON_RESERVE,
    Event.MAINS_BACK,
    Event.MAINS_UNSTABLE,
    Event.MAINS_SETTLED,
    Event.BACK_ON_MAINS,
    Event.ENGINE_STOPPED,
)
"""Events that a visitor may see; the rest is for staff."""
