"""Answers larger than memory, in chunks."""
