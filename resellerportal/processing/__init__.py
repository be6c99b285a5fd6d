"""What pages of configuration requests and orders share: values, forms and steps."""
