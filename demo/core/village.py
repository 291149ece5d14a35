"""An ordinary day around the point of the demo: documents as a municipality would write them. All of it is invented."""

from datetime import date, timedelta
from typing import Any

Tree = dict[str, Any]
LASTS = timedelta(days=60)
TABLE_DAYS = 14


def documents(today: date) -> dict[str, Tree]:
    """Every document but the services, by name."""
    until = (today + LASTS).isoformat()
    return {
        "contacts": _contacts(),
        "here": {"things": _things()},
        "businesses": {"businesses": _businesses(until)},
        "rooms": {"rooms": _rooms(until)},
        "events": {"events": _events(today, until)},
        "information": {"pages": _pages(today)},
        "transport": _transport(),
        "timetable": _timetable(today),
    }


def _both(sv: str, en: str) -> Tree:
    return {"sv": sv, "en": en}


def _contacts() -> Tree:
    return {
        "p4_mhz": "100,4",
        "rows_sv": ["112 – fara för liv, egendom eller miljö", "113 13 – information vid kriser", "1177 – råd om vård"],
        "rows_en": ["112 – danger to life", "113 13 – information in a crisis", "1177 – health care advice"],
    }


def _things() -> list[Tree]:
    return [
        {"id": "books", "title": _both("Låna böcker", "Borrow books"),
         "text": _both("Bokhyllan står vid kaffehörnan. Skriv på listan.", "The shelf is by the coffee corner.")},
        {"id": "wifi", "title": _both("Surfa gratis", "Free Wi-Fi"),
         "text": _both("Nätet heter Servicepunkt. Inget lösenord.", "The network: Servicepunkt. No password.")},
        {"id": "print", "title": _both("Skriva ut och kopiera", "Print and copy"),
         "text": _both("Fråga i kassan.", "Ask at the counter.")},
    ]  # fmt: skip


def _businesses(until: str) -> list[Tree]:
    return [
        {"id": "bakery", "until": until, "title": _both("Fjällbageriet", "The fell bakery"),
         "text": _both("Tunnbröd, kakor och kaffe.", "Flatbread, cakes and coffee."), "by": "Kalls byalag",
         "hours": "We-Fr 09:00-15:00; Sa 10:00-14:00", "where": "Vid kyrkan", "link": "https://bageriet.example.se"},
        {"id": "boats", "until": until, "title": _both("Sjöfisk & båtar", "Lake fishing & boats"),
         "text": _both("Hyr båt och köp fiskekort.", "Rent a boat and buy a fishing permit."), "by": "Kalls byalag",
         "hours": "Jun-Sep: Mo-Su 10:00-18:00", "where": "Hamnen"},
        {"id": "repairs", "until": until, "title": _both("Byns motorservice", "Village engine service"),
         "text": _both("Skoter, gräsklippare, motorsåg.", "Snowmobiles, mowers, chainsaws."), "by": "Kalls byalag"},
    ]  # fmt: skip


def _rooms(until: str) -> list[Tree]:
    return [
        {"id": "hall", "until": until, "title": _both("Bygdegården", "The village hall"), "places": 80,
         "text": _both("Kök, scen och projektor. Boka på webben eller i butiken.", "Kitchen, stage and projector."),
         "by": "Bygdegårdsföreningen", "link": "https://bygdegarden.example.se/boka"},
        {"id": "office", "until": until, "title": _both("Arbetsrummet i butiken", "The work room in the shop"),
         "places": 4, "text": _both("Skrivbord och skärm. Fråga i kassan.", "Desk and screen. Ask at the counter.")},
    ]  # fmt: skip


def _events(today: date, until: str) -> list[Tree]:
    def day(number: int, clock: str) -> str:
        return f"{(today + timedelta(days=number)).isoformat()}T{clock}:00"

    return [
        {"id": "coffee", "until": until, "title": _both("Kaffe för alla", "Coffee for everybody"),
         "starts": day(1, "14:00"), "ends": day(1, "16:00"), "where": "Butiken", "by": "Kalls byalag"},
        {"id": "choir", "until": until, "title": _both("Byakören sjunger", "The village choir sings"),
         "starts": day(3, "19:00"), "where": "Kyrkan", "cancelled": True, "by": "Byakören"},
        {"id": "market", "until": until, "title": _both("Marknad på torget", "Market in the square"),
         "starts": day(9, "10:00"), "ends": day(9, "15:00"), "where": "Torget", "by": "Kalls byalag",
         "text": _both("Mat, hantverk och loppis. Bord bokas i butiken.", "Food, crafts and second hand.")},
    ]  # fmt: skip


def _pages(today: date) -> list[Tree]:
    changed = (today - timedelta(days=5)).isoformat()
    return [
        {"id": "waste", "about": "municipal", "changed": changed, "title": _both("Sopor och återvinning", "Waste"),
         "text": _both("Hushållssopor hämtas varannan tisdag. Glas och papper lämnar du bakom butiken.",
                       "Household waste is collected every other Tuesday."),
         "search": ["sophämtning", "glas", "recycling"]},
        {"id": "care", "about": "municipal", "changed": changed, "title": _both("Hemtjänst", "Home care"),
         "text": _both("Ring kommunens växel om du eller någon nära dig behöver hjälp hemma.",
                       "Call the municipality if you or somebody near you needs help at home."),
         "link": "https://kommunen.example.se/hemtjanst"},
        {"id": "build", "about": "municipal", "changed": changed, "title": _both("Bygglov", "Building permits"),
         "text": _both("Ritningarna för nya planer ligger i pärmen bredvid skärmen.",
                       "Drawings of new plans are in the binder beside the screen.")},
        {"id": "trails", "about": "visitor", "title": _both("Leder och vindskydd", "Trails and shelters"),
         "text": _both("Leden runt sjön är 12 km. Vindskydd finns halvvägs, med ved.",
                       "The trail round the lake is 12 km. There is a shelter with firewood half-way."),
         "link": "https://leder.example.se/kall", "search": ["vandra", "hike"]},
        {"id": "camp", "about": "visitor", "title": _both("Ställplats för husbil", "Camper pitches"),
         "text": _both("Sex platser vid hamnen. Betala i butiken.", "Six pitches at the harbour. Pay in the shop.")},
    ]  # fmt: skip


def _transport() -> Tree:
    on_call = {
        "id": "taxi", "title": _both("Närtrafik till Järpen", "Local ride to Järpen"), "phone": "0771-00 00 00",
        "ahead_hours": 2.0, "runs": "Mo,We,Fr 09:00-16:00",
        "text": _both("Bilen hämtar dig hemma och lämnar vid vårdcentralen eller butiken. Kostar som bussen.",
                      "The car picks you up at home. It costs as much as the bus."),
    }  # fmt: skip
    return {"stops": [{"area": "740099901", "name": "Kall kyrka", "walk": "300 m"}], "on_call": [on_call]}


def _timetable(today: date) -> Tree:
    """Two lines and a boat, every day of two weeks; the evening bus has to be booked."""
    first, last = today - timedelta(days=1), today + timedelta(days=TABLE_DAYS - 2)
    every = "1" * TABLE_DAYS
    hours = [("155", "Järpen", "BUS", hour * 3600 + 20 * 60) for hour in range(6, 22, 2)]
    hours += [("157", "Huså", "BUS", hour * 3600 + 45 * 60) for hour in range(7, 20, 4)]
    hours += [("Båten", "Hallön", "BOAT", round(hour * 3600)) for hour in (8.5, 13, 17)]
    calls = [{"line": line, "to": to, "mode": mode, "at": at, "days": every} for line, to, mode, at in hours]
    evening = {"line": "158", "to": "Järpen", "mode": "TAXI", "at": 23 * 3600, "days": every}
    calls.append(evening | {"on_call": True, "booking": "b1"})
    return {
        "first": first.isoformat(), "last": last.isoformat(), "made": today.isoformat(), "source": "påhittad tidtabell",
        "stops": [{"area": "740099901", "name": "Kall kyrka", "calls": calls}],
        "bookings": [{"id": "b1", "phone": "0771-00 00 00", "minutes_ahead": 120}],
    }  # fmt: skip
