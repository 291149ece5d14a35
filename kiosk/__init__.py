"""The screen at the site: a keeper that hears the site's broker, and a screen that draws what the keeper holds."""
