"""The work: the only place that does things in order and touches disk, database, clock and network."""
