"""Careless answers: signs of them, and what leaving them out would change."""
