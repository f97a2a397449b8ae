"""Whom to listen to, kept honest: risk strata, capacity, stored plans, previews and re-weighted figures."""
