"""What it means: pure functions from arrays and frames to arrays and frames."""
