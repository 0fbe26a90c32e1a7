"""The questions of each lesson, one module per lesson."""
