"""Where ClamAV listens: ``host:port`` or the path of its socket."""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class ScannerAddress:
    """A socket in the file system, or else a host and a port."""

    path: str = ""
    host: str = ""
    port: int = 0


def parse_scanner(text: str) -> ScannerAddress:
    """Read ``/path/of/socket``, ``host:port`` or ``[address]:port``.

    ``ValueError`` says what is wrong with it.
    """
    if text.startswith("/"):
        return ScannerAddress(path=str(PurePosixPath(text)))
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError("must be host:port or the path of a socket, such as /run/clamav/clamd.ctl")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host or "/" in host:
        raise ValueError("must be host:port; write an IPv6 address as [::1]:3310")
    return ScannerAddress(host=host, port=int(port))
