"""The public pages behind mailed inquiry links: no sign-in, the code in the link is the right."""
