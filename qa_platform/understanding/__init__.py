"""What the analyzers say of one conversation, in the shape of the contract and under the house's thresholds."""
