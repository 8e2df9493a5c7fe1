"""Where answers are: files, data sets of packages, databases."""
