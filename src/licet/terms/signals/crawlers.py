"""Which crawlers gather for AI, what each gathers for, and where that is said.

The tokens are those that a robots.txt names. The last column is the operator's own page, or the registry that tells of
a crawler whose operator says nothing (ai.robots.txt, read 2026-11). What a page says changes: a row is as sure as
hearsay. A crawler that gathers for several things, or for anything, has all of them. Search engines stand here too,
since to be kept out of them is to be kept out of an index.
"""

from __future__ import annotations

from dataclasses import dataclass

from licet.terms.clauses import Act

TRAINING = frozenset({Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE})
RETRIEVAL = frozenset({Act.RETRIEVE})
SEARCH = frozenset({Act.INDEX})

_REGISTRY = "https://github.com/ai-robots-txt/ai.robots.txt"
_ANTHROPIC = "https://support.claude.com/en/articles/8896518"
_APPLE = "https://support.apple.com/en-us/119829"
_GOOGLE = "https://developers.google.com/search/docs/crawling-indexing/google-common-crawlers"
_META = "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers"
_OPENAI = "https://developers.openai.com/docs/bots"
_PERPLEXITY = "https://docs.perplexity.ai/guides/bots"


@dataclass(frozen=True, slots=True)
class Crawler:
    """A crawler: the token that names it, what it gathers for, and who says so."""

    token: str
    acts: frozenset[Act]
    source: str


_TABLE = (
    Crawler("AI2Bot", TRAINING, "https://allenai.org/crawler"),
    Crawler("Ai2Bot-Dolma", TRAINING, "https://allenai.org/crawler"),
    Crawler("Amazonbot", TRAINING | RETRIEVAL | SEARCH, "https://developer.amazon.com/amazonbot"),
    Crawler("anthropic-ai", TRAINING, _REGISTRY),
    Crawler("Applebot", SEARCH | RETRIEVAL, _APPLE),
    Crawler("Applebot-Extended", TRAINING, _APPLE),
    Crawler("bingbot", SEARCH, "https://www.bing.com/webmasters/help/which-crawlers-does-bing-use-8c184ec0"),
    Crawler("Bytespider", TRAINING, _REGISTRY),
    Crawler("CCBot", TRAINING, "https://commoncrawl.org/ccbot"),
    Crawler("ChatGPT-User", RETRIEVAL, _OPENAI),
    Crawler("Claude-SearchBot", SEARCH, _ANTHROPIC),
    Crawler("Claude-User", RETRIEVAL, _ANTHROPIC),
    Crawler("Claude-Web", TRAINING, _REGISTRY),
    Crawler("ClaudeBot", TRAINING, _ANTHROPIC),
    Crawler("cohere-ai", TRAINING | RETRIEVAL, _REGISTRY),
    Crawler("cohere-training-data-crawler", TRAINING, _REGISTRY),
    Crawler("Diffbot", TRAINING | RETRIEVAL, _REGISTRY),
    Crawler("FacebookBot", TRAINING, _META),
    Crawler("Google-Extended", TRAINING | RETRIEVAL, _GOOGLE),  # training of Gemini, and its grounding
    Crawler("Googlebot", SEARCH, _GOOGLE),
    Crawler("GPTBot", TRAINING, _OPENAI),
    Crawler("img2dataset", TRAINING, "https://github.com/rom1504/img2dataset"),
    Crawler("meta-externalagent", TRAINING | SEARCH, _META),
    Crawler("meta-externalfetcher", RETRIEVAL, _META),
    Crawler("OAI-SearchBot", SEARCH, _OPENAI),
    Crawler("omgili", TRAINING, _REGISTRY),
    Crawler("omgilibot", TRAINING, _REGISTRY),
    Crawler("Perplexity-User", RETRIEVAL, _PERPLEXITY),
    Crawler("PerplexityBot", SEARCH | RETRIEVAL, _PERPLEXITY),
    Crawler("Timpibot", TRAINING, _REGISTRY),
    Crawler("Webzio-Extended", TRAINING, _REGISTRY),
    Crawler("YouBot", SEARCH | RETRIEVAL, _REGISTRY),
)
CRAWLERS = {crawler.token.lower(): crawler for crawler in _TABLE}
