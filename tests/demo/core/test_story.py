"""What is said to somebody who looks on."""

from demo.core import story


def test_events_of_the_plant_are_sentences() -> None:
    """Known events have their own words, with what they are about; an unknown one is still said."""
    sender = {"event": "sender_fault", "signal": "fuel.level", "device": "genset"}

    assert "The sender of fuel.level breaks: the controller shows a code in place of a value." == story.at_plant(sender)
    assert "meter stops answering on the serial line." == story.at_plant({"event": "silent", "device": "meter"})
    assert "something new." == story.at_plant({"event": "something_new"})


def test_committed_events_use_the_contracts_words() -> None:
    """One home for the words; what it is about stands beside."""
    alarm = {"kind": "alarm_raised", "body": {"alarm": {"key": "sensor-fault", "device": "genset"}}}

    assert "Mains was lost" == story.at_centre({"kind": "mains_lost", "body": {"power": "dead"}})
    assert "Alarm (sensor-fault/genset)" == story.at_centre(alarm)
    assert "unheard_of" == story.at_centre({"kind": "unheard_of", "body": None})


def test_clock_time_is_that_of_the_shop() -> None:
    """Local time, in summer and winter, and dashes where nobody knows."""
    assert "07:40:00" == story.clock_time(1_768_891_200_000)
    assert "08:40:00" == story.clock_time(1_784_529_600_000)
    assert "--:--:--" == story.clock_time(None)
