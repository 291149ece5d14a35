"""Somebody stands at the screen: keys, languages, what they opened, when the screen begins anew."""
