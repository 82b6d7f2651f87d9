"""The site, served for real over the example company and looked at by a real browser."""
