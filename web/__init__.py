"""The screen: pages, their fragments and the HTTP interface."""
