"""The connection to the broker, in the protocol of PeerJS."""

import asyncio
import json
import random

import aiohttp
from aiortc import RTCIceServer
from yarl import URL

from fresh_token import fresh_token

FIRST_DELAY_S = 1
LONGEST_DELAY_S = 30
HEARTBEAT_S = 5
TIMEOUT_S = 10
REFUSALS = ("ERROR", "ID-TAKEN", "INVALID-KEY")


class Broker:
    """Registers the peer, keeps it registered, and passes messages between the broker and the connections."""

    def __init__(self, options, connections, log):
        self._options = options
        self._url = URL(options.broker) / ""
        self._connections = connections
        self._log = log
        self._failures = 0
        self._token = ""

    async def run(self):
        """Connects again after each end, until it is cancelled."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_S, sock_read=None)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                try:
                    await self._connect(http)
                except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as error:
                    self._log(f"error: {error or type(error).__name__}")
                delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**self._failures) * random.uniform(0.5, 1)
                self._failures += 1
                self._log(f"disconnected, next attempt in {delay:.1f} s")
                await asyncio.sleep(delay)

    async def _connect(self, http):
        """Uses one socket, until it ends."""
        self._token = await fresh_token(self._options)
        if self._options.id is None:
            self._options.id = await self._request_id(http)
        refresh = await self._refresh_ice_servers(http)
        query = {"key": self._options.key, "id": self._options.id, "token": self._token}
        async with http.ws_connect((self._url / "peerjs").with_query(query)) as socket:
            tasks = [asyncio.ensure_future(self._heartbeat(socket))]
            try:
                async for frame in socket:
                    if frame.type != aiohttp.WSMsgType.TEXT:
                        continue
                    message = json.loads(frame.data)
                    if message.get("type") == "OPEN":
                        tasks.append(asyncio.ensure_future(self._keep_ice_servers(http, refresh)))
                        self._opened(socket)
                    elif message.get("type") in REFUSALS:
                        self._log(f"error: {(message.get('payload') or {}).get('msg', message['type'])}")
                    else:
                        self._connections.receive(message)
            finally:
                self._connections.send = None
                for task in tasks:
                    task.cancel()

    def _opened(self, socket):
        self._failures = 0
        self._connections.send = socket.send_json
        self._log(f"open as {self._options.id}")
        if self._options.greet:
            self._connections.greet(self._options.greet, self._options.id)

    async def _request_id(self, http):
        async with http.get(self._url / self._options.key / "id") as response:
            response.raise_for_status()
            return (await response.text()).strip()

    async def _heartbeat(self, socket):
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await socket.send_json({"type": "HEARTBEAT"})

    async def _keep_ice_servers(self, http, refresh):
        # The broker may refuse them before the peer is open.
        refresh = refresh or await self._refresh_ice_servers(http)
        while refresh:
            await asyncio.sleep(refresh)
            refresh = await self._refresh_ice_servers(http)

    async def _refresh_ice_servers(self, http):
        """Returns the seconds after which to ask again; None if the broker refuses or has none."""
        url = (self._url / self._options.key / "ice").with_query({"id": self._options.id})
        headers = {"authorization": f"Bearer {self._token}"}
        try:
            async with http.get(url, headers=headers, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as response:
                if response.status != 200:
                    return None
                answer = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            self._log(f"no ICE servers: {error or type(error).__name__}")
            return None
        servers = answer["iceServers"]
        self._connections.ice_servers = [RTCIceServer(**server) for server in servers]
        self._log(f"ICE servers: {', '.join(url for server in servers for url in server['urls'])}")
        return answer["refresh"]
