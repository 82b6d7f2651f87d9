"""Metrics, held against figures that were made in another way."""
