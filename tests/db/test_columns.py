"""Text is held and ordered the same in both databases: by its bytes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.db import DIGEST, NUMBER, TEXT, open_database, reading, writing

_METADATA = sa.MetaData()
_WORDS = sa.Table("words", _METADATA, sa.Column("word", TEXT, primary_key=True), sa.Column("number", NUMBER))
_DIGESTS = sa.Table("digests", _METADATA, sa.Column("digest", DIGEST, primary_key=True))
_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NULS = st.text(st.sampled_from("\0\1\2a"), max_size=6)


@pytest.fixture
def connected(database: str) -> sa.Engine:
    """Return a database with a table of words."""
    engine = open_database(database)
    with writing(engine) as connection:
        _METADATA.create_all(connection)
    return engine


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.sets(_ANY_TEXT | _NULS))
def test_any_text_comes_back_in_the_order_of_its_bytes(words: set[str], connected: sa.Engine) -> None:
    """Whatever its language, and with NUL in it."""
    with writing(connected) as connection:
        connection.execute(_WORDS.delete())
        if words:
            connection.execute(_WORDS.insert(), [{"word": word} for word in words])
    expected = sorted(words, key=lambda word: word.encode())
    with reading(connected) as connection:
        assert connection.scalars(sa.select(_WORDS.c.word).order_by(_WORDS.c.word)).all() == expected
        middle = expected[len(expected) // 2] if words else ""
        later = connection.scalars(sa.select(_WORDS.c.word).where(_WORDS.c.word > middle)).all()
        assert set(later) == {word for word in words if word.encode() > middle.encode()}
    connected.dispose()


def test_the_order_is_not_that_of_a_language(connected: sa.Engine) -> None:
    """Capitals come before small letters, and accents after all of them."""
    with writing(connected) as connection:
        connection.execute(_WORDS.insert(), [{"word": word} for word in ("b", "é", "a", "B", "_")])
        connection.execute(_DIGESTS.insert(), [{"digest": digest} for digest in ("b", "a", "B")])
    with reading(connected) as connection:
        assert connection.scalars(sa.select(_WORDS.c.word).order_by(_WORDS.c.word)).all() == ["B", "_", "a", "b", "é"]
        assert connection.scalars(sa.select(_DIGESTS.c.digest).order_by(_DIGESTS.c.digest)).all() == ["B", "a", "b"]
    connected.dispose()


def test_a_number_has_eight_bytes(connected: sa.Engine) -> None:
    """More rows than four can count."""
    with writing(connected) as connection:
        connection.execute(_WORDS.insert(), {"word": "", "number": 2**40})
    with reading(connected) as connection:
        assert connection.scalar(sa.select(_WORDS.c.number)) == 2**40
    connected.dispose()
