"""Judgement, pure: findings and answers in, points out."""
