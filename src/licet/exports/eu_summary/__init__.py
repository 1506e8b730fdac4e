"""The public summary of the content used to train a general-purpose AI model: Regulation (EU) 2024/1689, Art. 53(1)(d).

It follows the Commission's template of 24 July 2025 (C(2025) 5235 final; adopted again as C(2025) 8311 final), section
by section and field by field. We did not read the Commission's own PDF: headings and ranges are as several independent
renderers of the template and a published summary (Apertus, September 2025) have them. Compare before you publish.

What a manifest, its seal and its publisher's words can tell is filled, with what it is filled from. All the rest is
marked "to be filled by a person", with a sentence on what belongs there. The page and the document are two ways to
print one `Summary`, so they cannot differ.
"""

from licet.exports.eu_summary.writing import summary_of, write

__all__ = ["summary_of", "write"]
