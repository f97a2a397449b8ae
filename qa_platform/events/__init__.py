"""Events in: what CRMs, dialers and banks tell, checked, logged once, and folded into what stands of an account."""
