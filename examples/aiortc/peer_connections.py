"""The WebRTC connections of this peer, and what they do: they return data and media to their sender."""

import asyncio
import secrets
from collections import OrderedDict

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay
from aiortc.sdp import candidate_from_sdp

from serialization import Closed, format_named

MAX_CONNECTIONS = 100
# Candidates that arrive before their offer.
MAX_EARLY_CONNECTIONS = 100
MAX_EARLY_CANDIDATES = 50


class PeerConnections:
    """By the id of the other peer and the id of the connection. They stay open while the broker is away."""

    def __init__(self, log):
        self.ice_servers = []
        # Sends a message to the broker; None while it is away.
        self.send = None
        self._log = log
        self._connections = {}
        self._early = OrderedDict()
        self._tasks = set()

    def receive(self, message):
        """Handles one message of another peer, which may be malformed."""
        kind, source, payload = message.get("type"), message.get("src"), message.get("payload")
        if kind in ("LEAVE", "EXPIRE"):
            return self._unreachable(source)
        if not isinstance(payload, dict) or not isinstance(payload.get("connectionId"), str):
            return self._log(f"{kind} from {source} ignored: it names no connection")
        key = (source, payload["connectionId"])
        if kind == "OFFER":
            self._run(self._answer(key, payload))
        elif kind == "ANSWER" and key in self._connections:
            self._run(self._connections[key].start(payload.get("sdp"), self._early.pop(key, [])))
        elif kind == "CANDIDATE":
            self._candidate(key, payload.get("candidate"))

    def greet(self, other, own_id):
        """Connects to a peer, sends a greeting and logs the reply."""
        key = (other, f"dc_{secrets.token_hex(8)}")
        connection = self._open(key)

        def reply(value):
            self._log(f"{other} replied {connection.format.encode(value)[0].decode()}")
            self._run(self._close(key))

        connection.format = format_named("json")
        channel = connection.pc.createDataChannel(key[1])
        channel.on("open", lambda: connection.send(channel, {"hello": other, "from": own_id}))
        connection.receive_from(channel, reply)
        self._run(self._offer(key, connection))

    async def close(self):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(connection.pc.close() for connection in self._connections.values()))
        self._connections.clear()

    def _unreachable(self, source):
        """The broker could not deliver a message: open connections stay, the others can't be completed."""
        self._log(f"{source} is not connected to the broker")
        for key in [key for key in self._connections if key[0] == source]:
            if self._connections[key].pc.connectionState != "connected":
                self._run(self._close(key))

    def _candidate(self, key, candidate):
        if key in self._connections:
            return self._run(self._connections[key].add_candidate(candidate))
        self._early.setdefault(key, []).append(candidate)
        if len(self._early) > MAX_EARLY_CONNECTIONS or len(self._early[key]) > MAX_EARLY_CANDIDATES:
            self._early.popitem(last=False)

    def _open(self, key):
        connection = Connection(RTCPeerConnection(RTCConfiguration(iceServers=self.ice_servers)), self._log)
        self._connections[key] = connection

        @connection.pc.on("connectionstatechange")
        def _():
            if connection.pc.connectionState in ("failed", "closed") and self._connections.get(key) is connection:
                self._run(self._close(key))

        connection.on_close = lambda: self._run(self._close(key))
        return connection

    async def _offer(self, key, connection):
        await connection.pc.setLocalDescription(await connection.pc.createOffer())
        details = {"label": key[1], "reliable": True, "serialization": "json"}
        await self._describe("OFFER", key, connection, {"type": "data", "metadata": None, **details})

    async def _answer(self, key, payload):
        kind = "media" if payload.get("type") == "media" else "data"
        is_full = len(self._connections) >= MAX_CONNECTIONS
        self._log(f"{kind} from {key[0]}{', refused: too many connections' if is_full else ''}")
        if is_full:
            return
        # PeerJS repeats a connection id to replace the connection.
        await self._close(key)
        connection = self._open(key)
        try:
            if kind == "data":
                connection.format = format_named(payload.get("serialization"))
                connection.pc.on("datachannel", connection.echo_data)
            else:
                connection.pc.on("track", connection.echo_track)
            await connection.start(payload.get("sdp"), self._early.pop(key, []))
            await connection.pc.setLocalDescription(await connection.pc.createAnswer())
            await self._describe("ANSWER", key, connection, {"type": kind})
        except Exception:
            await self._close(key)
            raise

    async def _describe(self, kind, key, connection, details):
        """Sends the local description, with all candidates inside."""
        local = connection.pc.localDescription
        payload = {"sdp": {"type": local.type, "sdp": local.sdp}, "connectionId": key[1], **details}
        if self.send is not None:
            await self.send({"type": kind, "dst": key[0], "payload": payload})

    async def _close(self, key):
        connection = self._connections.pop(key, None)
        if connection is not None:
            await connection.pc.close()

    def _run(self, work):
        """Runs a coroutine beside the socket. An error of one connection affects no other."""

        async def guarded():
            try:
                await work
            except Exception as error:
                self._log(f"error {type(error).__name__}: {error}")

        task = asyncio.ensure_future(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Connection:
    """One `RTCPeerConnection`, and the format of its data."""

    def __init__(self, pc, log):
        self.pc = pc
        self.format = None
        self.on_close = None
        self._log = log
        self._relay = MediaRelay()
        self._has_remote_description = asyncio.Event()

    async def start(self, description, early_candidates):
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=description["sdp"], type=description["type"]))
        self._has_remote_description.set()
        for candidate in early_candidates:
            await self.add_candidate(candidate)

    async def add_candidate(self, candidate):
        await self._has_remote_description.wait()
        text = candidate["candidate"]
        # An empty text is the end of the candidates.
        if not text.startswith("candidate:"):
            return
        parsed = candidate_from_sdp(text.removeprefix("candidate:"))
        parsed.sdpMid, parsed.sdpMLineIndex = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
        await self.pc.addIceCandidate(parsed)

    def echo_data(self, channel):
        self.receive_from(channel, lambda value: self.send(channel, value))

    def echo_track(self, track):
        self.pc.addTrack(self._relay.subscribe(track))

    def receive_from(self, channel, use):
        @channel.on("message")
        def _(message):
            try:
                for value in self.format.decode(message):
                    use(value)
            except Closed:
                self.on_close()
            except (KeyError, TypeError, ValueError) as error:
                self._log(f"data ignored: {error}")

    def send(self, channel, value):
        for message in self.format.encode(value):
            channel.send(message)
