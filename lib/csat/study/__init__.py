"""What we ask: the study definition, its checks and its sampling plan."""
