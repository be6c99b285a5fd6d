"""What the portal says about itself: chapters in plain words, and its machines as drawings."""
