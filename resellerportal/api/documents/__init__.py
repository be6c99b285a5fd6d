"""The API described: its OpenAPI document, made from the views, and pages for people to read."""
