"""Why a value can, or can not, be believed: one whole number on the wire for each word of `contract.words.Quality`.

The number is the place in that list. It is fixed for ever: a new word goes to the end.
"""

WORDS = (
    "good",
    "not_yet_read",
    "sensor_fault",
    "over_range",
    "under_range",
    "bad_data",
    "digital_high",
    "digital_low",
    "not_fitted",
    "not_calibrated",
    "wrong_device",
    "comm_error",
    "implausible",
    "substituted",
)

GOOD = 0
NOT_YET_READ = 1
SENSOR_FAULT = 2
OVER_RANGE = 3
UNDER_RANGE = 4
BAD_DATA = 5
DIGITAL_HIGH = 6
DIGITAL_LOW = 7
NOT_FITTED = 8
NOT_CALIBRATED = 9
WRONG_DEVICE = 10
COMM_ERROR = 11
IMPLAUSIBLE = 12
SUBSTITUTED = 13
