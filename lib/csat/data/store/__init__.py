"""Snapshots of waves: each stored once, as it came in, and never changed."""
