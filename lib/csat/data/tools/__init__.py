"""Answers in the files of survey tools, written and read for the round trip of exports."""
