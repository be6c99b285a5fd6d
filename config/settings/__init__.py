"""`base` is what all share; `local`, `test` and `production` are what a process is started with."""
