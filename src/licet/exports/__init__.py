"""The same facts in other people's formats.

One writer a file. Each takes the facts of a manifest and a folder, and returns the files that it wrote there; the same
facts give the same bytes, in memory that does not grow with the manifest.
"""

from licet.exports.about import About, read_about
from licet.exports.facts import Facts
from licet.exports.writers import WRITERS, export

__all__ = ["WRITERS", "About", "Facts", "export", "read_about"]
