"""Requests and answers: addresses, pages, the live stream, who is let in."""
