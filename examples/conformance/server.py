#!/usr/bin/env python3
"""
A small PeerJS server, with the standard library only: an example of a server that signalbox conform tests in CI.
It serves one key, and has no TLS. See docs/conformance.md.
"""
import argparse
import asyncio
import base64
import hashlib
import json
import time
import uuid
from urllib.parse import parse_qsl, urlsplit

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAX_MESSAGE, MAX_UNREAD, MAX_HELD, MAX_MALFORMED, MAX_ID = 2**20, 2**23, 1000, 100, 128
METHODS = "GET, HEAD, OPTIONS"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_constant=no_constant)


def members(text):
    """The members of a JSON object: each value, and its text as it was sent. Raises ValueError."""
    if not isinstance(DECODER.decode(text), dict):
        raise ValueError("not an object")
    found, at = {}, text.index("{") + 1
    while True:
        while text[at] in " \t\r\n,:":
            at += 1
        if text[at] == "}":
            return found
        name, at = DECODER.raw_decode(text, at)
        while text[at] in " \t\r\n:":
            at += 1
        value, end = DECODER.raw_decode(text, at)
        found[name] = (value, text[at:end])
        at = end


def is_valid_id(text):
    return 0 < len(text) <= MAX_ID and not any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in text)


class Socket:
    """The server's side of one WebSocket (RFC 6455)."""

    def __init__(self, reader, writer):
        self.reader, self.writer, self.is_open = reader, writer, True

    def send(self, payload, opcode=TEXT):
        if not self.is_open:
            return
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([size])
        elif size < 2**16:
            head += b"\x7e" + size.to_bytes(2, "big")
        else:
            head += b"\x7f" + size.to_bytes(8, "big")
        self.writer.write(head + payload)

    def send_json(self, frame):
        self.send(json.dumps(frame).encode())

    def close(self, code):
        """Sends a close frame. The TCP connection ends with the client's answer, or after a second."""
        self.send(code.to_bytes(2, "big"), CLOSE)
        self.is_open = False
        asyncio.get_running_loop().call_later(1, self.writer.close)

    def unread(self):
        return self.writer.transport.get_write_buffer_size()

    async def receive(self):
        """The next frame: opcode and payload. A message of several frames is put together; control frames come in between."""
        while True:
            first, second = await self.reader.readexactly(2)
            opcode, size = first & 0x0F, second & 0x7F
            if size > 125:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            if first & 0x70 or not second & 0x80 or (opcode >= CLOSE and (size > 125 or not first & 0x80)):
                return CLOSE, (1002).to_bytes(2, "big")
            if size + len(self.__dict__.get("parts", b"")) > MAX_MESSAGE:
                return CLOSE, (1009).to_bytes(2, "big")
            mask = await self.reader.readexactly(4)
            masked = await self.reader.readexactly(size)
            repeated = (mask * (size // 4 + 1))[:size]
            payload = (int.from_bytes(masked, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
            if opcode >= CLOSE:
                return opcode, payload
            if opcode != 0:
                self.opcode, self.parts = opcode, b""
            elif "parts" not in self.__dict__:
                return CLOSE, (1002).to_bytes(2, "big")
            self.parts += payload
            if first & 0x80:
                whole, self.parts = self.parts, b""
                return self.opcode, whole


class Peer:
    def __init__(self, id, token, socket):
        self.id, self.token, self.socket = id, token, socket
        self.message_at = self.alive_at = time.monotonic()
        self.malformed = 0


class Server:
    def __init__(self, options):
        self.options = options
        self.prefix = "/" + options.path.strip("/") + "/" if options.path.strip("/") else "/"
        self.peers = {}
        self.mailboxes = {}  # id: list of (time, sender, frame)

    # HTTP

    async def serve(self, reader, writer):
        try:
            while await self.request(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        except asyncio.LimitOverrunError:
            self.respond(writer, 431, "Too large", {"connection": "close"})
        finally:
            writer.close()

    async def request(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        line = head[0].split(" ")
        pairs = [h.split(":", 1) for h in head[1:] if h]
        headers = {}
        is_bad = len(line) != 3 or any(len(pair) != 2 for pair in pairs)
        for name, value in () if is_bad else pairs:
            is_bad = is_bad or (name.lower() in headers and name.lower() in ("content-length", "host"))
            headers[name.lower().strip()] = value.strip()
        coding, length = headers.get("transfer-encoding"), headers.get("content-length", "0")
        if is_bad or coding is not None or not (length.isascii() and length.isdigit()):
            self.respond(writer, 400, "Bad request", {"connection": "close"})
            return False
        method, target, _ = line
        url = urlsplit("//host" + target if target.startswith("/") else target)
        if headers.get("upgrade", "").lower() == "websocket" and "upgrade" in headers.get("connection", "").lower():
            await self.upgrade(url, headers, reader, writer)
            return False
        if int(length) > MAX_MESSAGE:
            self.respond(writer, 413, "Too large", {"connection": "close"})
            return False
        await reader.readexactly(int(length))
        origin = headers.get("origin")
        extra = {"vary": "Origin", **({"access-control-allow-origin": origin} if origin else {})}
        if headers.get("connection", "").lower() == "close":
            extra["connection"] = "close"
        self.answer(writer, method, url.path, headers, extra)
        return "connection" not in extra

    def answer(self, writer, method, path, headers, extra):
        if method == "OPTIONS":
            asked = headers.get("access-control-request-headers", "")
            more = {"access-control-allow-methods": METHODS, "access-control-allow-headers": asked}
            return self.respond(writer, 204, "", {**extra, **more})
        key = self.options.key
        bodies = {
            "": (200, json.dumps({"name": "PeerJS Server", "description": "An example.", "website": "https://peerjs.com/"})),
            f"{key}/id": (200, str(uuid.uuid4())),
            f"{key}/peers": (200, json.dumps(list(self.peers))) if self.options.discovery else (401, "Unauthorized"),
        }
        place = path[len(self.prefix) :] if path.startswith(self.prefix) else None if path + "/" != self.prefix else ""
        name = place.removesuffix("/") if place else place
        if name not in bodies or path.endswith("//"):
            return self.respond(writer, 404, "Not found", extra, method)
        if method not in ("GET", "HEAD"):
            return self.respond(writer, 405, "Method not allowed", {**extra, "allow": METHODS})
        status, body = bodies[name]
        kind = "text/html; charset=utf-8" if name.endswith("/id") else "application/json"
        self.respond(writer, status, body, {**extra, "content-type": kind}, method)

    def respond(self, writer, status, body, headers, method="GET"):
        size = {} if status == 204 else {"content-length": str(len(body.encode()))}
        fields = "".join(f"{name}: {value}\r\n" for name, value in {**size, **headers}.items())
        writer.write(f"HTTP/1.1 {status} {body[:20] if status > 299 else 'OK'}\r\n{fields}\r\n".encode("latin-1"))
        if method != "HEAD":
            writer.write(body.encode())

    # WebSockets

    async def upgrade(self, url, headers, reader, writer):
        if url.path != self.prefix + "peerjs":
            return self.respond(writer, 404, "Not found", {"connection": "close"})
        key = headers.get("sec-websocket-key", "")
        try:
            is_valid = len(base64.b64decode(key, validate=True)) == 16
        except ValueError:
            is_valid = False
        if not is_valid or headers.get("sec-websocket-version") != "13":
            return self.respond(writer, 400, "Bad handshake", {"sec-websocket-version": "13", "connection": "close"})
        accept = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
        fields = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n".encode())
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        socket = Socket(reader, writer)
        peer = self.admit(socket, query.get("key", ""), query.get("id", ""), query.get("token", ""))
        try:
            await self.listen(socket, peer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            socket.is_open = False
            if peer is not None and peer.socket is socket:
                self.remove(peer)

    def admit(self, socket, key, id, token):
        def refuse(type, text, code):
            socket.send_json({"type": type, "payload": {"msg": text}})
            socket.close(code)

        if not (key and id and token):
            return refuse("ERROR", "No id, token, or key supplied to websocket server", 1008)
        if key != self.options.key:
            return refuse("ERROR", "Invalid key provided", 1008)
        if not is_valid_id(id):
            return refuse("ERROR", "Invalid id", 1008)
        peer = self.peers.get(id)
        if peer is not None and peer.token != token:
            return refuse("ID-TAKEN", "ID is taken", 1008)
        if peer is None:
            if len(self.peers) >= self.options.limit:
                return refuse("ERROR", "Server has reached its concurrent user limit", 1013)
            peer = self.peers[id] = Peer(id, token, socket)
        else:
            old, peer.socket = peer.socket, socket
            peer.message_at = peer.alive_at = time.monotonic()
            old.close(4001)
        socket.send_json({"type": "OPEN"})
        for _, _, frame in self.mailboxes.pop(id, []):
            socket.send(frame)
        return peer

    async def listen(self, socket, peer):
        while True:
            opcode, payload = await socket.receive()
            if opcode == CLOSE:
                if peer is not None and peer.socket is socket:
                    self.remove(peer)
                code = int.from_bytes(payload[:2], "big") if len(payload) > 1 else 1000
                socket.send(code.to_bytes(2, "big"), CLOSE)
                return socket.writer.close()
            if peer is None or peer.socket is not socket or not socket.is_open:
                continue
            peer.alive_at = time.monotonic()
            if opcode == PING:
                socket.send(payload, PONG)
            elif opcode in (TEXT, BINARY):
                peer.message_at = peer.alive_at
                self.receive(peer, payload)
            await asyncio.sleep(0)

    # Messages

    def receive(self, peer, payload):
        try:
            frame = members(payload.decode())
        except (ValueError, RecursionError):
            peer.malformed += 1
            if peer.malformed > MAX_MALFORMED:
                peer.socket.close(1007)
            return
        type, dst = frame.get("type", (None,))[0], frame.get("dst", (None,))[0]
        if type == "LEAVE" and not dst:
            self.remove(peer)
            return peer.socket.close(1000)
        if type not in ("OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE") or not isinstance(dst, str) or dst == "":
            return
        rest = f',"payload":{frame["payload"][1]}' if "payload" in frame else ""
        text = f'{{"type":"{type}","src":{json.dumps(peer.id)},"dst":{json.dumps(dst)}{rest}}}'.encode()
        to = self.peers.get(dst)
        if to is not None and to.socket.unread() > MAX_UNREAD:
            self.notify(peer, "LEAVE", dst)
            self.remove(to)
            to.socket.close(1008)
        elif to is not None:
            to.socket.send(text)
        elif type not in ("LEAVE", "EXPIRE"):
            self.hold(peer, dst, text)

    def hold(self, peer, dst, text):
        box = self.mailboxes.setdefault(dst, [])
        if len(box) < MAX_HELD and is_valid_id(dst):
            return box.append((time.monotonic(), peer, text))
        if not box:
            del self.mailboxes[dst]
        self.notify(peer, "EXPIRE", dst)

    def notify(self, peer, type, dst):
        """Notifies the session that sent the message, and no later owner of its id."""
        if self.peers.get(peer.id) is peer:
            peer.socket.send_json({"type": type, "src": dst, "dst": peer.id})

    def remove(self, peer):
        if self.peers.get(peer.id) is peer:
            del self.peers[peer.id]

    async def sweep(self):
        alive = self.options.alive / 1000
        while True:
            await asyncio.sleep(min(0.1, alive / 4))
            now = time.monotonic()
            for dst, box in list(self.mailboxes.items()):
                expired = [held for held in box if now - held[0] >= self.options.expire / 1000]
                self.mailboxes[dst] = box[len(expired) :]
                if not self.mailboxes[dst]:
                    del self.mailboxes[dst]
                for sender in dict.fromkeys(held[1] for held in expired):
                    self.notify(sender, "EXPIRE", dst)
            for peer in list(self.peers.values()):
                if now - peer.alive_at >= alive or now - peer.message_at >= 2 * alive:
                    self.remove(peer)
                    peer.socket.close(4002)
                elif now - peer.alive_at >= alive / 2:
                    peer.socket.send(b"", PING)


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--path", default="/")
    parser.add_argument("--key", default="peerjs")
    parser.add_argument("--expire", type=int, default=5000, help="in ms")
    parser.add_argument("--alive", type=int, default=60000, help="in ms")
    parser.add_argument("--limit", type=int, default=5000, help="number of peers")
    parser.add_argument("--discovery", type=lambda text: text == "true", default=False)
    server = Server(parser.parse_args())
    listener = await asyncio.start_server(server.serve, "127.0.0.1", server.options.port, limit=2**16)
    await asyncio.gather(listener.serve_forever(), server.sweep())


asyncio.run(main())
