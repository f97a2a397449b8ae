"""Learning from labelled wordings: the examples, and the weights that are made of them."""
