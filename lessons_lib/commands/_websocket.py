"""The server's side of a kernel's way to the page: nothing waits for what was sent before.

TCP holds back the rest of a message until what went before is acknowledged, and a browser may put
that off for 40 ms (J. Nagle, RFC 896, 1984; RFC 1122, 4.2.3.2, 1989): of a panel's pictures three
came at once, 25 times a second.
"""

import asyncio

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

__all__ = ["PromptConnection"]


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Jupyter's own connection from a kernel to a page, which sends everything at once."""

    def connect(self) -> asyncio.Future:
        """Connect the page that has just opened the way."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
