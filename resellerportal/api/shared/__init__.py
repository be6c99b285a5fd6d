"""Parts of the API's objects that several resources show."""
