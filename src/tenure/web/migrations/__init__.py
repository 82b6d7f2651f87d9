"""Steps of the site's database, in order."""
