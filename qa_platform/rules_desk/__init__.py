"""Rules over time: a house's own versions, trials of them on history, activation, and how far each is to be trusted."""
