"""What we use of Flask-Babel, which has not written its types down."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask

class Babel:
    def __init__(
        self,
        app: Flask | None = None,
        *,
        locale_selector: Callable[[], str | None] | None = None,
        timezone_selector: Callable[[], str | None] | None = None,
        **more: Any,
    ) -> None: ...

def gettext(string: str, **variables: Any) -> str: ...
def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str: ...
def get_translations() -> NullTranslations: ...
def format_date(date: date | None = None, format: str | None = None, rebase: bool = True) -> str: ...
def format_datetime(
    datetime: datetime | None = None, format: str | None = None, rebase: bool = True
) -> str: ...
def force_locale(locale: str) -> AbstractContextManager[None]: ...
def get_locale() -> Locale: ...
def to_user_timezone(datetime: datetime) -> datetime: ...
