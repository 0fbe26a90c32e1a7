"""Deep learning you can touch: the library behind the lessons.

Importing this package is cheap and loads nothing else. Import the part you need,
for example ``from lessons_lib import datasets, nn, panels``.
"""

__version__ = "0.1.0"
