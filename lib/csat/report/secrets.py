"""Secrets of this machine: values of environment variables that nothing published may hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import unquote, urlsplit

LEAST_LENGTH = 8
"""Shorter values are too common to be looked for."""

_NAMES = re.compile(
    r"(?:(?:^|_)(?:API_?KEY|KEY|TOKEN|PASS(?:WORD|WD|PHRASE)?|SECRET|CREDENTIALS?|AUTH)|_PWD)$", re.I
)
_PLACES = re.compile(r"^(?:/[\w.-]+)+/?$")


def secrets_of(environment: Mapping[str, str], names: Collection[str] = ()) -> dict[str, str]:
    """Values that must not be published.

    Parameters
    ----------
    environment : mapping
        Name -> value, such as ``os.environ``.
    names : collection of str
        Variables that are secret whatever their name (the study's ``url_env`` and ``key_env``).

    Returns
    -------
    dict of str to str
        Value -> name of its variable: of the variables named, of those whose name ends like ``_KEY``,
        ``_TOKEN``, ``_PASSWORD`` or ``_SECRET``, and the user's password in every URL. Folders, and what is
        shorter than `LEAST_LENGTH`, are none.

    Examples
    --------
    >>> secrets_of({"DB_URL": "postgresql://me:open%20sesame@host/db", "HOME": "/home/somebody"})
    {'postgresql://me:open%20sesame@host/db': 'DB_URL', 'open%20sesame': 'DB_URL', 'open sesame': 'DB_URL'}
    """
    found: dict[str, str] = {}
    for name, value in environment.items():
        if (name in names or _NAMES.search(name)) and not _PLACES.match(value):
            found[value] = name
        for one in _passwords(value):
            found[one] = name
    return {value: name for value, name in found.items() if len(value.strip()) >= LEAST_LENGTH}


def _passwords(value: str) -> tuple[str, ...]:
    """Give a URL with a password, and that password, as written and as meant."""
    if "://" not in value or "@" not in value:
        return ()
    try:
        password = urlsplit(value).password
    except ValueError:
        return (value,)
    return (value, password, unquote(password)) if password else ()
