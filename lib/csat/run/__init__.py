"""How a month is made: pipeline, manifest, publishing and the command line."""
