"""Lists: what one shows, how it is narrowed, paged and chosen from, and the page of it."""
