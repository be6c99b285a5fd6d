"""What vendors define about their products; every change is recorded on the product."""
