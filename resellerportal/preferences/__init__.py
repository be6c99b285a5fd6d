"""What a user wants to hear of by mail: the page of choices, and the link that stops a kind."""
