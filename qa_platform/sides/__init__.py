"""Whose voice is whose: told by the source, decided from the words where it is not, set right by a person."""
