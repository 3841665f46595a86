"""A port that several processes of one service listen on, and nobody else."""

from __future__ import annotations

import socket

from event_service.socket_address import listening_address
from event_service.start_errors import StartError


class ReservedPort:
    """Bound, never listened on: the workers listen, by SO_REUSEPORT, as long as this is open."""

    def __init__(self, host: str, port: int, variable: str) -> None:
        """Take the port, of the setting ``variable``; 0 picks a free one. Raises StartError."""
        try:
            family, address = listening_address(host, port)
            # Bound alone first: another service that shares its ports too would share ours.
            with socket.socket(family) as alone:
                alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                alone.bind(address)
                place = (address[0], alone.getsockname()[1], *address[2:])
            self._socket = socket.socket(family)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._socket.bind(place)
        except OSError as error:
            raise StartError(
                f"{host}:{port} can't be listened on ({error.strerror or error})."
                f" Set {variable} (0 picks a free port) or EVENT_HOST."
            ) from error
        self.port = int(place[1])
        self.address = f"{host}:{self.port}"

    def close(self) -> None:
        """Give the port up."""
        self._socket.close()
