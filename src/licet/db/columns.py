"""Kinds of column that hold and order the same on both databases.

SQLite compares text by its bytes and PostgreSQL by the customs of a country, unless it is told otherwise; PostgreSQL's
integers are short unless they are asked to be long, and its text holds no NUL. On SQLite these are the plain types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

_BYTEWISE = "C"


class _AnyText(sa.TypeDecorator[str]):
    r"""Text of PostgreSQL that may hold NUL, kept as two characters that sort where it would.

    `\0` is kept as `\1\1` and `\1` as `\1\2`, so that no two texts are kept alike and the order of their bytes stays.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (a signature of theirs)
        if value is None or ("\0" not in value and "\1" not in value):
            return value
        return value.replace("\1", "\1\2").replace("\0", "\1\1")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (likewise)
        if value is None or "\1" not in value:
            return value
        return value.replace("\1\1", "\0").replace("\1\2", "\1")


TEXT = sa.Text().with_variant(_AnyText(collation=_BYTEWISE), "postgresql")
DIGEST = sa.String(64).with_variant(sa.String(64, collation=_BYTEWISE), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows by INTEGER alone, of eight bytes
