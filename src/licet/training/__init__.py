"""A model's life: what it may be fed, what it was fed, what it gives back."""

from licet.training.admission import Drop, Why
from licet.training.gate import Gate
from licet.training.passes import Admitted

__all__ = ["Admitted", "Drop", "Gate", "Why"]
