"""Labelled cases: where a person knew better than the proposal, or an appeal better than the reviewer."""
