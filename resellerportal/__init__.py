"""The channel portal: all HTTP and HTML of Tierdesk for vendors, distributors and resellers."""
