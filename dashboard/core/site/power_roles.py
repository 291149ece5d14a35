"""Which role each state of the power has, on every page: word, shape and colour follow from it."""

from contract.words import Power

POWER_ROLES: dict[Power, str] = {
    Power.ON_MAINS: "good",
    Power.ON_BATTERY: "remark",
    Power.STARTING: "remark",
    Power.ON_RESERVE: "reserve",
    Power.RETURNING: "reserve",
    Power.DEAD: "bad",
    Power.UNKNOWN: "unknown",
}
