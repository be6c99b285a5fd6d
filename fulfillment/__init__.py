"""What is sold: subscriptions and the requests that create and change them."""
