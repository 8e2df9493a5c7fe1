"""What answers must be, and where they are not."""
