#!/usr/bin/python3
"""A peer that returns data and media to their sender."""

import argparse
import asyncio
import os
import signal

from broker import Broker
from peer_connections import PeerConnections

OPTIONS = {
    "broker": ("URL", "http://localhost:9000/", "the broker, with its path"),
    "key": ("KEY", "peerjs", "the key of the broker"),
    "id": ("ID", None, "the id of this peer; by default the broker chooses one"),
    "token": ("TEXT", None, "the token, for example a JWT; by default a random one"),
    "token_file": ("PATH", None, "a file with the token, read before each connection"),
    "token_command": ("COMMAND", None, "a command that prints a fresh token"),
    "greet": ("ID", None, "connect to this peer, send a greeting and log the reply"),
}


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, epilog="Each option has an environment variable, such as PEER_TOKEN.")
    for name, (value, fallback, text) in OPTIONS.items():
        default = os.environ.get(f"PEER_{name.upper()}", fallback)
        parser.add_argument(f"--{name}", metavar=value, default=default, help=f"{text} [{fallback}]" if fallback else text)
    return parser.parse_args()


def log(line):
    print(line, flush=True)


async def main():
    options = read_options()
    connections = PeerConnections(log)
    running = asyncio.ensure_future(Broker(options, connections, log).run())
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        await connections.close()


asyncio.run(main())
