"""The behaviour of `orders`. This folder is yours: droid wrote it once and leaves it alone."""
