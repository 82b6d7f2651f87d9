"""Other engines than the embedded one: the same expressions give the same figures there."""
