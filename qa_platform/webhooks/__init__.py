"""Events for other systems: written with the act itself, signed, sent with patience, never to private addresses."""
