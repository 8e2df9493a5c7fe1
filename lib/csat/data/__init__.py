"""What came back: reading, checking and screening the answers of one wave."""
