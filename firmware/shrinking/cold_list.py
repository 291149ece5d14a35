"""Which functions a board loads for a call only (`cold.py`), and which of them lie in one file."""

COLD = {
    "node.app": ("App.__init__ App._begin App._resume App.supply_mv App._configure App._fitted"),
    "node.talking": (
        "Talk.__init__ Talk._config Talk._mark Talk._time Talk._introduce Talk.tell_status "
        "Talk.ask_piece Talk.understood"
    ),
    "node.updating": (
        "Updating.__init__ Updating._calm Updating._judge Updating._fetch Updating._end Updating._died Updating._tell "
        "Updating._open Updating._close Updating._working Updating._supply "
        "Updating._prove"
    ),
    "node.io.link": (
        "Link.__init__ Link.goodbye Link._where Link._keyed Link._secured Link._hello Link._admitted Link._begin "
        "Link._let_go Link.deaf _word _socket _connected"
    ),
    "node.io.flash": (
        "Flash.scan Flash._numbers Flash.size Flash.read Flash.write Flash.append Flash._put Flash.remove "
        "Flash.set_aside"
    ),
    "node.io.kept": "read read_json write",
    "node.core.mqtt": "connect subscribe",
    "node.core.lives": "mark taken began",
    "node.core.wire": (
        "birth will status replay wish_time wish_piece config mark time update piece is_boot _number _read"
    ),
    "node.core.records": "boot_number pack unpack pack_header unpack_header",
    "node.core.segments": (
        "Segments.load Segments.tidy Segments._head Segments._adopt Segments._good Segments.last_seq Segments._read "
        "Segments._vanish Segments.hand Segments.firsts Segments.oldest Segments.mark Segments.rewind "
        "Segments._give_up Segments.append Segments.begin Segments._write Segments._note_firsts Segments.make_room "
        "_packed"
    ),
    "node.core.segment_table": "SegmentTable.push SegmentTable.remove SegmentTable.grow",
    "node.core.backlog": (
        "Backlog.__init__ Backlog._look Backlog.set_wall Backlog._reopen Backlog._flush Backlog._begin "
        "Backlog.rewind Backlog.forget Backlog.resume "
        "Backlog.queued Backlog.in_ram Backlog.sent Backlog.oldest"
    ),
    "node.core.tank": "Tank.__init__ Tank.volume_ml _lying _looked_up _mm _depth _points _whole",
    "node.core.ring": "Ring.slots Ring.load",
    "node.core.gauge": "Gauge.__init__ Gauge._ended Gauge._amount Gauge._on_wire",
    "node.core.burst": "Burst.outcome",
    "node.core.fuel_moves": "FuelMoves.__init__ FuelMoves.feed FuelMoves._rises FuelMoves._loses",
    "node.core.mains": "Phase.__init__",
    "node.core.crank": "Crank.__init__ Crank._ended",
    "node.core.calibration": "Calibration.__init__",
    "node.core.telling": "Told.__init__ Told.resume",
    "node.core.temperature": "decoded crc8",
    "node.core.limit": "Limit.__init__",
    "node.core.contact": "Steady.__init__",
    "node.core.filters": "slosh_period_ms burst_ms spread centre Slow.feed Slow.jump",
    "node.core.battery": "blocks",
    "node.core.wall": "Wall.__init__ Wall.resume Wall.answered",
    "node.core.pace": "Pace.__init__",
    "node.core.progress": "Progress.__init__",
    "node.fuel": "Fuel.__init__",
    "node.inputs": "Input.__init__ Input.stop",
    "node.io.boards": "here",
    "node.io.boards.chip": "Chip.__init__ Chip.boot_id Chip.carrier Chip.drivers Chip.rssi",
    "node.io.boards.pico_w": (
        "PicoW.reset_cause PicoW.tune PicoW.sleep PicoW.remember PicoW.recall PicoW.limits PicoW.converter"
    ),
    "node.io.sensors.mains": "Mains.__init__ Mains.start Mains.stop",
    "node.io.sensors.battery": "BatteryVoltage.__init__ BatteryVoltage.start",
    "node.io.sensors.door": "Contact.__init__ Contact.start Contact.stop",
    "node.io.sensors.part": "part",
    "node.io.sensors.ds18b20": "Ds18b20.__init__ Ds18b20.start Ds18b20._fetch",
    "node.io.sensors.analog": "Analog.__init__",
    "node.io.sensors.ultrasonic": "Ultrasonic.__init__",
    "node.io.sensors.echo_level": "EchoLevel.__init__",
}
"""Module → what of it: functions, and methods with their class."""
TOGETHER = {"node.core.records": "node.core.segments", "node.core.segment_table": "node.core.segments"}
"""Modules whose cold functions lie in the file of another's: a loop there calls them for each record."""
APART = {
    "node.app": "App.__init__ App._begin App._resume",
    "node.talking": "Talk.__init__ Talk._config Talk._mark Talk._time",
    "node.updating": "Updating.__init__ Updating._calm",
    "node.io.link": "Link.__init__ Link._keyed",
    "node.core.segments": "Segments.oldest Segments.mark",
    "node.core.wire": "config mark time update piece is_boot _number _read",
    "node.core.tank": "Tank.volume_ml _lying _looked_up",
    "node.core.gauge": "Gauge.__init__ Gauge._amount",
    "node.core.fuel_moves": "FuelMoves.__init__",
}
"""Cold functions that lie in a file of their own: what is called while memory is scarcest, or far more often."""
