"""Pictures made of numbers: charts of figures, and drawings of machines."""
