"""The daemon at the site: Modbus and nodes in, site state out; stores first, sends after."""
