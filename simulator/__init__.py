"""A plant that plays device profiles and scripted events over real Modbus: for tests, demonstration, commissioning."""
