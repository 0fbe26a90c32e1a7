"""A login for tests on one machine: each student has a token, and nobody a password."""

from __future__ import annotations

import hmac
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Dict

__all__ = ["TokenAuthenticator"]


class TokenAuthenticator(Authenticator):
    """Lets in who brings the token that stands beside their name."""

    tokens = Dict(help="What each student logs in with, by name.").tag(config=True)

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """Return the student's name, `None` where name and token do not go together.

        Parameters
        ----------
        handler : tornado.web.RequestHandler
        data : dict of str to str
            The login page's fields: ``username``, and the token in ``password``.
        """
        name = data["username"].lower()
        token = self.tokens.get(name)
        brought = data["password"].encode()
        return name if token and hmac.compare_digest(token.encode(), brought) else None
