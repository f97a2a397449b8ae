"""After a review: released to the agent, acknowledged, appealed answer by answer, resolved in time."""
