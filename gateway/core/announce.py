"""Site → messages of the picture road: (topic, payload), all retained. Records travel by `io/mqtt.py`."""

from math import ceil, log10

import msgspec

from contract import topics
from contract.bulletins import PublicBulletin, ReceiptMark
from contract.content import DocumentRef, PublicDocument
from contract.messages import (
    Alarms,
    Birth,
    DeviceBirth,
    DevicePicture,
    Farewell,
    Head,
    PublicPicture,
    SignalBirth,
    SiteState,
    SiteStatus,
    Stay,
    Value,
    encode,
)
from contract.page import PageNow, PageWish
from contract.pictures import PictureBody, is_picture
from contract.records import Answers
from contract.signals import catalogue
from gateway.core import dating
from gateway.core.box.last_words import lasts
from gateway.core.down.bulletins import disowned, over
from gateway.core.facts import DeviceFacts, Facts
from gateway.core.fuel import fuel_level
from gateway.core.orders import services
from gateway.core.readiness.requirements import requirements
from gateway.core.remembered import Held
from gateway.core.runs import run_book
from gateway.core.site import Now, Site, value_of

Message = tuple[str, bytes]


def head(facts: Facts, now: Now) -> Head:
    """Who says it, when, and whether it is meant for real."""
    return Head(
        site=facts.site,
        run=now.run,
        boot=now.boot,
        up_ms=now.up_ms,
        wall_ms=now.wall_ms,
        clock=now.clock,
        status=facts.status,
        simulated=facts.simulated,
    )


def status(facts: Facts, now: Now, online: bool = True, farewell: Farewell | None = None) -> Message:
    """The heartbeat, or what the broker says for us when we are gone; `farewell` is the silence that we see coming."""
    return topics.status(facts.site), encode(status_now(facts, now, online, farewell))


def status_now(facts: Facts, now: Now, online: bool = True, farewell: Farewell | None = None) -> SiteStatus:
    """The heartbeat, before it is put into bytes."""
    return SiteStatus(
        head=head(facts, now), online=online, heartbeat_s=facts.heartbeat_s, version=facts.version, farewell=farewell
    )


def period_s(device: DeviceFacts, key: str, facts: Facts) -> float:
    """How often a signal comes, as the catalogue tells it: no more often than the site's own pictures."""
    return max(device.signals[key][1], facts.picture_every_s)


def birth(facts: Facts, now: Now) -> Message:
    """The catalogue."""
    devices = tuple(
        DeviceBirth(
            device=device.name,
            profile=device.profile,
            name=device.title,
            signals=tuple(
                SignalBirth(key=key, unit=unit, period_s=period_s(device, key, facts), experimental=experimental)
                for key, (unit, _, experimental) in device.signals.items()
            ),
        )
        for device in facts.devices
    )
    said = Birth(
        head=head(facts, now),
        place=facts.place,
        connection=facts.connection,
        heartbeat_s=facts.heartbeat_s,
        devices=devices,
        stay=_stay(facts),
    )
    return topics.birth(facts.site), encode(said)


def shortened(value: float, deadband: float) -> float:
    """A number with no more digits than its dead-band is worth: a tenth of it."""
    if isinstance(value, int) or deadband <= 0:
        return value
    digits = ceil(1 - log10(deadband))
    return round(value, digits) if digits > 0 else round(value)


def short(values: dict[str, Value]) -> dict[str, Value]:
    """The values as they travel where every byte is paid for."""
    known = catalogue()

    def one(key: str, value: Value) -> Value:
        signal = known.get(key)
        if signal is None or not isinstance(value.value, float):
            return value
        return msgspec.structs.replace(value, value=shortened(value.value, signal.deadband))

    return {key: one(key, value) for key, value in values.items()}


def device(values: dict[str, Value], name: str, facts: Facts, now: Now, *, briefly: bool = False) -> Message:
    """The newest values of one device."""
    said = DevicePicture(head=head(facts, now), device=name, values=short(values) if briefly else values)
    return topics.device(facts.site, name), encode(said)


def state(site: Site, facts: Facts, now: Now) -> Message:
    """The judgement, for staff."""
    return topics.state(facts.site), encode(state_now(site, facts, now))


def state_now(site: Site, facts: Facts, now: Now) -> SiteState:
    """The judgement, before it is put into bytes."""
    memory = site.memory
    return SiteState(
        head=head(facts, now),
        power=memory.judged.power,
        since=memory.judged.since,
        witnesses=site.evidence.witnesses,
        contradictions=site.evidence.contradictions + site.evidence.doubts + fuel_level.doubts(site.fuel.level),
        readiness=site.readiness,
        reasons=site.reasons,
        grounds=site.grounds,
        endurance=site.endurance,
        battery=site.battery,
        station=memory.station,
        active=memory.active,
        call=memory.call,
        activators=facts.call.activators,
        services=services.told(site, now),
        needs=memory.needs,
        requirements=requirements(site, facts, now),
        last_run=memory.runs[-1] if memory.runs else None,
        last_approved=approved.ended if (approved := run_book.last_approved(memory)) else None,
        fuel=value_of(site, facts.controller, "fuel.level"),
        load=value_of(site, facts.controller, "generator.power"),
        clock=dating.told(site),
    )


def alarms(site: Site, facts: Facts, now: Now) -> Message:
    """All alarms that are not normal."""
    return topics.alarms(facts.site), encode(alarms_now(site, facts, now))


def alarms_now(site: Site, facts: Facts, now: Now) -> Alarms:
    """The alarms, before they are put into bytes."""
    return Alarms(
        head=head(facts, now),
        revision=site.memory.alarm_revision,
        alarms=site.memory.alarms,
        flood=site.watching.flood,
    )


def public_picture(site: Site, facts: Facts, now: Now) -> Message:
    """What a visitor may know: no fuel, no names, no alarms."""
    live = tuple(
        notice
        for notice in site.memory.notices
        if notice.until_ms is None or now.wall_ms is None or now.wall_ms < notice.until_ms
    )
    said = PublicPicture(
        head=head(facts, now),
        place=facts.place,
        power=site.memory.judged.power,
        since=site.memory.judged.since,
        active=site.memory.active,
        services=services.told(site, now),
        notices=live,
        events=site.memory.public_events,
        period_s=facts.picture_every_s,
        heartbeat_s=facts.heartbeat_s,
        opening=site.memory.call.opening,
        centre_heard=site.centre_heard,
        stay=_stay(facts),
        box_lasts=lasts(site, facts),
        screens=site.screens,
    )
    return topics.public_picture(facts.site), encode(said)


def _stay(facts: Facts) -> Stay | None:
    one = facts.movable
    return None if one is None else Stay(from_ms=one.from_ms, until_ms=one.until_ms)


def public_bulletin(held: Held, facts: Facts, now: Now) -> Message:
    """A verified bulletin, for the kiosk."""
    ended = over(held, now) or disowned(held, facts.bulletin_keys)
    said = PublicBulletin(head=head(facts, now), bulletin=held.bulletin, received=held.received, ended=ended)
    return topics.public_bulletin(facts.site, held.bulletin.id), encode(said)


def public_document(ref: DocumentRef, body: bytes, facts: Facts, now: Now) -> Message:
    """A verified public document, for the kiosk."""
    told = msgspec.to_builtins(PictureBody(data=body)) if is_picture(ref.name) else msgspec.json.decode(body)
    said = PublicDocument(head=head(facts, now), name=ref.name, version=ref.version, sha256=ref.sha256, body=told)
    return topics.public_content(facts.site, ref.name), encode(said)


def answers(site: Site, facts: Facts, now: Now) -> Message:
    """How the last orders were answered, for the site's own page."""
    return topics.answers(facts.site), encode(Answers(head=head(facts, now), answers=site.memory.answered))


def page(wish: PageWish, facts: Facts, now: Now) -> Message:
    """What the owner's page says of its certificate, for the centre."""
    return topics.page(facts.site), encode(PageNow(head=head(facts, now), page=wish))


def page_certificate(ref: DocumentRef, body: bytes, facts: Facts, now: Now) -> Message:
    """The certificate that was taken, for the owner's page."""
    return topics.page_certificate(facts.site), public_document(ref, body, facts, now)[1]


def receipt_mark(site: Site, facts: Facts) -> Message:
    """Which receipts of the kiosk are stored."""
    return topics.receipt_mark(facts.site), encode(ReceiptMark(marks=site.memory.receipts))


def for_staff(site: Site, facts: Facts, now: Now) -> list[Message]:
    """The whole picture for centre and owner's page."""
    return [
        birth(facts, now),
        *(device(site.values.get(one.name, {}), one.name, facts, now) for one in facts.devices),
        alarms(site, facts, now),
        state(site, facts, now),
        status(facts, now, farewell=site.ending.farewell),
    ]


def for_visitors(site: Site, facts: Facts, now: Now) -> list[Message]:
    """The whole public picture, but for documents, whose bytes lie in the store."""
    bulletins = [public_bulletin(held, facts, now) for held in site.memory.bulletins]
    return [public_picture(site, facts, now), receipt_mark(site, facts), *bulletins]
