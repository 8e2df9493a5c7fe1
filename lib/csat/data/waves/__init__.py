"""Which wave a row belongs to, and waves read together."""
