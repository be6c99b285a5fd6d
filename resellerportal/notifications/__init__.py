"""What is told by mail: which event, to whom, in which words; and the sending of it."""
