"""Runs Bipack and its peers side by side; started by Scripts/benchmark."""
