"""What is doubtful in a content document that can be sent: what nobody would see, and what visitors would miss."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contract.content import DOCUMENTS, Service, ServicesDocument
from contract.everyday import Event, HoursOverride, OnCall, TimetableDocument
from contract.words import Service as Declarable
from dashboard.core.words import SHARED_LANGUAGES as _LANGUAGES
