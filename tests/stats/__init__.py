"""Statistics against published figures and figures worked by hand."""
