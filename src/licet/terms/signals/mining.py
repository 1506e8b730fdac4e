"""What text and data mining covers, for every signal that speaks of mining and of nothing finer.

Directive (EU) 2019/790, Art. 2(2): any automated analytical technique that analyses text and data in digital form to
generate information, such as patterns, trends and correlations; recital 8 counts sounds among what is mined.
Regulation (EU) 2024/1689, recital 105, counts the training of general-purpose models among its uses. Evaluating a
model and indexing analyse likewise. Whether retrieval is mining is contested; it stands here because a reservation
must not be read too narrowly, and because words that reserve nothing are worth no more than the exception they leave
open. Mining never passes a recording on.
"""

from __future__ import annotations

from licet.terms.clauses import Act

MINING = frozenset(Act) - {Act.REDISTRIBUTE}
