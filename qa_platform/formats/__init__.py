"""Transcript formats, one a file: the folder is the registry; what they share stands in `reading/`."""
