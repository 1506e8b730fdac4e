"""One row for each reader: a real example, and what the contract test needs to know to vary it.

The key is the reader's protocol. Add a row when you add a reader; a reader without one fails `test_contract.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from licet.terms.signals import Target

TRACK = Target("https://music.example/songs/one.mp3")


@dataclass(frozen=True, slots=True)
class Example:
    """What one reader's bytes look like.

    `permission_tokens` are regular expressions: bytes in which none of them is found must never permit. A reader that
    never permits has none. `statements` and `reservations` are parts that can be put together in any number and order,
    between `head` and `tail` and parted by `between`; each of the `reservations` adds a reservation. A protocol whose
    bytes hold one statement only leaves them empty. `speaks` is false where a protocol says nothing of a recording: it
    names an address, or speaks of a collection.
    """

    content: bytes
    target: Target = TRACK
    permission_tokens: tuple[bytes, ...] = ()
    statements: tuple[bytes, ...] = ()
    reservations: tuple[bytes, ...] = ()
    head: bytes = b""
    between: bytes = b"\n"
    tail: bytes = b""
    speaks: bool = True

    def composed(self, parts: list[bytes]) -> bytes:
        """Return the bytes that make these statements."""
        return self.head + self.between.join(parts) + self.tail


EXAMPLES: dict[str, Example] = {
    "aipref": Example(
        content=b"train-ai=n, search=y",
        permission_tokens=(rb"=[ \t]*y",),
        statements=(b"train-ai=n", b"search=n", b"search=y;q=1", b"bots=y", b'other="n"'),
        reservations=(b"train-ai=n", b"search=n"),
        between=b", ",
    ),
    "aipref-robots": Example(
        content=(
            b"User-Agent: *\nAllow: /\nDisallow: /never/\n"
            b"Content-Usage: / train-ai=n\nContent-Usage: /songs/ train-ai=y # since May\n"
        ),
        permission_tokens=(rb"=[ \t]*y",),
        statements=(
            b"Content-Usage: / train-ai=y",
            b"Content-Usage: /songs/ search=y, train-ai=n",
            b"Content-Usage: train-ai=n",
            b"Disallow: /songs/",
            b"Allow: /songs/one",
        ),
        reservations=(b"Content-Usage: /songs/ search=n", b"Content-Usage: / train-ai=n", b"Content-Usage: search=n"),
        head=b"User-agent: *\n",
    ),
    "content-signals": Example(
        content=b"User-Agent: *\nContent-signal: search=yes, ai-train=no, use=reference\nAllow: /\n",
        permission_tokens=(rb"(?i)=\s*yes",),
        statements=(
            b"Content-Signal: search=yes,ai-train=yes",
            b"Content-Signal: ai-input=no",
            b"Content-Signal: /songs/ ai-train=yes",
            b"Allow: /",
        ),
        reservations=(b"Content-Signal: ai-train=no", b"Content-Signal: /songs/ search=no"),
        head=b"User-agent: *\n",
    ),
    "cc-signals": Example(
        content=b"train-genai=n;exceptions=cc-cr-ec",
        statements=(b"train-ai=n;exceptions=cc-cr", b"search=y;exceptions=cc-cr", b"ai-use=y"),
        reservations=(b"train-genai=n;exceptions=cc-cr-op",),
        between=b", ",
    ),
    "cc-signals-robots": Example(
        content=b"User-Agent: *\nContent-Usage: ai=n;exceptions=cc-cr\nAllow: /\n",
        statements=(b"Content-Usage: /songs/ ai=n;exceptions=cc-cr", b"Content-Usage: / search=y"),
        reservations=(b"Content-Usage: /songs/ genai=n;exceptions=cc-cr-dc", b"Content-Usage: all=n;exceptions=cc-cr"),
        head=b"User-agent: *\n",
    ),
    "robots": Example(
        content=b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nAllow: /\nDisallow: /admin/\n",
        statements=(
            b"User-agent: CCBot\nDisallow: /*.mp3$",
            b"User-agent: *\nDisallow: /songs/\n",
            b"User-agent: GPTBot\nAllow: /",
            b"Sitemap: https://music.example/sitemap.xml",
        ),
        reservations=(b"User-agent: GPTBot\nDisallow: /songs/", b"User-agent: *\nDisallow: /"),
    ),
    "x-robots-tag": Example(
        content=b"noai, noimageai",
        statements=(b"otherbot: nofollow", b"index", b"noindex", b"unavailable_after: 25 Jun 2010 15:00:00 PST"),
        reservations=(b"noai", b"googlebot: noindex"),
        between=b", ",
    ),
    "robots-meta": Example(
        content=b'<!doctype html><title>One</title><meta name="robots" content="noai, noimageai"><p>One',
        statements=(b'<meta name="robots" content="index">', b"<!-- one -->", b"<script>var one;</script>"),
        reservations=(b'<META CONTENT="NoAI" NAME="ROBOTS">', b"<meta name=googlebot content=noindex />"),
        head=b"<head>",
        tail=b"</head>",
    ),
    "ai-txt": Example(
        content=b"User-Agent: *\nDisallow: *.mp3\nDisallow: *.wav\nAllow: *.txt\nAllow: /\n",
        statements=(b"Allow: *.wav", b"Disallow: *.mp3", b"Training: permitted-with-attribution"),
        reservations=(b"Disallow: /songs/", b"Disallow: *"),
        head=b"User-Agent: *\n",
    ),
    "c2pa": Example(
        content=(
            b'{"active_manifest": "1", "validation_state": "Trusted", "manifests": {"1": {"assertions": ['
            b'{"label": "cawg.training-mining", "data": {"entries": {"cawg.ai_training": {"use": "allowed"}, '
            b'"cawg.ai_generative_training": {"use": "notAllowed"}}}}]}}}'
        ),
        permission_tokens=(rb'"allowed"',),
        statements=(
            b'{"label": "c2pa.training-mining", "data": {"entries": {"c2pa.ai_training": {"use": "allowed"}}}}',
            b'{"label": "cawg.training-mining", "data": {"entries": {"cawg.data_mining": {"use": "constrained"}}}}',
            b'{"label": "c2pa.actions.v2", "data": {"actions": []}}',
        ),
        reservations=(
            b'{"label": "cawg.training-mining", "data": {"entries": {"cawg.ai_training": {"use": "notAllowed"}}}}',
            b'{"label": "c2pa.training-mining", "data": {"c2pa.ai_inference": {"use": "constrained"}}}',
        ),
        head=b'{"active_manifest": "1", "validation_state": "Trusted", "manifests": {"1": {"assertions": [',
        between=b", ",
        tail=b"]}}}",
    ),
    "freesound": Example(content=b'{"id": 1, "license": "Attribution", "gen_ai_preference": "no-gen-ai"}'),
    "youtube": Example(
        content=b'{"kind": "youtube#videoTrainability", "videoId": "jNQXAC9IVRw", "permitted": ["all"]}',
        permission_tokens=(rb'"all"',),
    ),
    "tdm-ai": Example(
        content=b'{"version": "1.0", "iscc": "ISCC:EXAMPLE5QH7FTV7N", "all": "true", "train-genai": "false"}',
        permission_tokens=(rb'true|"y"|0',),
    ),
    "rsl-embedded": Example(
        content=(
            b'\x00rsl\x00<rsl xmlns="https://rslstandard.org/rsl"><content url=""><license>'
            b'<prohibits type="usage">ai-train</prohibits></license></content></rsl>'
        ),
        permission_tokens=(rb"permits",),
    ),
    "tdmrep": Example(
        content=b'[{"location": "/a/", "tdm-reservation": 0}, {"location": "/songs/*.mp3$", "tdm-reservation": 1}]',
        permission_tokens=(rb"[:][ \t\r\n]*0",),
        statements=(
            b'{"location": "/songs/", "tdm-reservation": 0}',
            b'{"location": "/a/", "tdm-reservation": 1}',
            b'{"location": "/songs/", "tdm-reservation": 2}',
            b'{"location": 1}',
        ),
        reservations=(b'{"location": "/", "tdm-reservation": 1}', b'{"location": "*.mp3", "tdm-reservation": 1}'),
        head=b"[",
        between=b", ",
        tail=b"]",
    ),
    "tdmrep-headers": Example(
        content=b"Content-Type: audio/mpeg\r\ntdm-reservation: 1\r\ntdm-policy: https://music.example/policy.json\r\n",
        permission_tokens=(rb"0",),
        statements=(b"tdm-reservation: 0", b"tdm-reservation: 2", b"tdm-policy: https://music.example/p"),
        reservations=(b"tdm-reservation: 1", b"TDM-Reservation:1"),
        between=b"\r\n",
    ),
    "tdmrep-meta": Example(
        content=b'<html><head><meta charset=utf-8><meta name="tdm-reservation" content="1"><title>One</title></head>',
        permission_tokens=(rb"0",),
        statements=(b"<meta name=tdm-reservation content=0>", b"<!-- one -->", b"<script>1</script>"),
        reservations=(b"<META content='1' name='TDM-Reservation'/>",),
        head=b"<head>",
    ),
    "odrl": Example(
        content=(
            b'{"@context": ["http://www.w3.org/ns/odrl.jsonld", {"tdm": "http://www.w3.org/ns/tdmrep#"}],'
            b' "@type": "Offer", "profile": "http://www.w3.org/ns/tdmrep", "uid": "https://music.example/policy/1",'
            b' "permission": [{"action": "tdm:mine", "duty": [{"action": "obtainConsent"}]}],'
            b' "prohibition": [{"action": "cc:CommericalUse"}]}'
        ),
        permission_tokens=(rb"mine",),
        statements=(
            b'{"action": "distribute"}',
            b'{"action": "mine", "constraint": {"leftOperand": "purpose"}}',
            b'{"action": "juggle"}',
        ),
        reservations=(b'{"action": "cc:CommercialUse"}', b'{"action": {"@id": "odrl:use"}}'),
        head=b'{"@type": "Offer", "permission": {"action": "tdm:mine"}, "prohibition": [',
        between=b", ",
        tail=b"]}",
    ),
    "rsl": Example(
        content=(
            b'<?xml version="1.0"?><rsl xmlns="https://rslstandard.org/rsl"><content url="/songs/*.mp3"><license>'
            b'<permits type="usage">search ai-train</permits><prohibits type="user">commercial</prohibits>'
            b'<payment type="attribution"/></license></content></rsl>'
        ),
        permission_tokens=(rb"permits",),
        statements=(
            b'<permits type="usage">ai-all</permits>',
            b'<permits type="geo">EU</permits>',
            b'<prohibits type="usage">juggling</prohibits>',
            b'<payment type="crawl"><amount currency="EUR">1</amount></payment>',
        ),
        reservations=(b'<prohibits type="usage">ai-train</prohibits>', b'<prohibits type="geo">US</prohibits>'),
        head=b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>',
        tail=b"</license></content></rsl>",
    ),
    "rsl-robots": Example(
        content=b"License: https://music.example/rsl.xml\nUser-agent: *\nAllow: /\n",
        speaks=False,
    ),
    "croissant": Example(
        content=(
            b'{"@context": {"@vocab": "https://schema.org/", "duo": "http://purl.obolibrary.org/obo/DUO_"},'
            b' "@type": "sc:Dataset", "license": "https://creativecommons.org/licenses/by/4.0/",'
            b' "usageInfo": [{"@type": "DefinedTerm", "termCode": "DUO_0000018", "url": "duo:0000018"}]}'
        ),
        permission_tokens=(rb"mine",),
        statements=(
            b'"DUO_0000042"',
            b'"duo:0000007"',
            b'{"@type": "odrl:Offer", "odrl:permission": {"odrl:action": "tdm:mine"}}',
        ),
        reservations=(b'"duo:0000046"', b'{"@type": "odrl:Offer", "prohibition": {"action": "use"}}'),
        head=b'{"usageInfo": [',
        between=b", ",
        tail=b"]}",
    ),
    "dataset-card": Example(
        content=b"---\nlicense: cc-by-nc-4.0\ntags:\n- music\n---\n# One\n",
        speaks=False,
    ),
}
