"""Calibration: the same interaction scored blind by several people, and what that says of the scale they use."""
