"""Every text of the pages that is not in the contract, Swedish first: key -> (sv, en)."""
