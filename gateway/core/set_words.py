"""The words in which a set tells of itself, grouped by what they mean. Facts: reserve power, section 3."""

AT_REST = ("stopped", "post_run")
CRANKING = ("pre_start",)
STARTING = ("pre_start", "warming_up")
"""Some controllers crank under the second name too."""
TURNING = ("warming_up", "running", "cooling_down")
AUTO_WORDS = ("auto", "auto_manual_restore")
"""Only in these modes a set starts by itself when the mains fail."""
TEST_WORDS = ("test_on_load", "test_off_load")
"""In these it runs already, and takes the load when the mains fail."""
LOADED_SHARE = 0.02
"""Of rated power; less is an unloaded set (section 15, no_transfer)."""
V24_ABOVE = 16.0
"""No 12 V set charges its battery higher; a 24 V battery that has sunk to this must not pass for a healthy 12 V one."""
STOPPING_WORDS = ("shutdown", "trip", "controlled_shutdown")
"""A controller's alarm in one of these words keeps the set from running, whatever it is."""
