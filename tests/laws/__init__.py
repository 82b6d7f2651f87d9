"""Laws: tests that run over whatever the house holds, so that a new unit is tested before its author writes a test."""
