"""What every service of ours shares, and none of it depends on the droidfile."""
