"""How values of parameters are typed: their fields, which of them count now, their inputs."""
