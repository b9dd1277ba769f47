/* The functions that a test calls in a tab: one Peer of the PeerJS client, and a log of its events. */

const { document, fetch, navigator, Peer, setTimeout, URLSearchParams } = globalThis;
const events = [];
const readers = new Set();
const connections = [];
let peer;

/** Logs an event and wakes up the waiting readers. */
function logEvent(event, detail) {
  events.push({ event, detail });
  for (const read of [...readers]) read();
}

function keep(connection) {
  connections.push(connection);
  connection.on('open', () => logEvent('connected', connection.peer));
  connection.on('data', (text) => logEvent('received', `${connection.peer}: ${text}`));
  connection.on('close', () => logEvent('connection-closed', connection.peer));
}

function show(call) {
  call.on('stream', (stream) => {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    document.body.append(video);
    // The video plays if a second frame follows the first.
    video.requestVideoFrameCallback((_, first) => {
      video.requestVideoFrameCallback((_, second) => {
        if (second.mediaTime > first.mediaTime) logEvent('plays', `${video.videoWidth}x${video.videoHeight}`);
      });
    });
    video.play().catch((error) => logEvent('error', `video: ${error.message}`));
  });
}

const byteAt = (place) => (place * 7) % 256;

/** A value with `{ bytes: n }` replaced by n bytes, because only JSON gets into the page. */
function withBytes(value) {
  if (typeof value?.bytes === 'number') return Uint8Array.from({ length: value.bytes }, (_, place) => byteAt(place));
  if (Array.isArray(value)) return value.map(withBytes);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withBytes(member)]));
}

/** The reverse of `withBytes`. Wrong bytes are reported as their place. */
function withoutBytes(value) {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
    const wrong = bytes.findIndex((byte, place) => byte !== byteAt(place));
    return wrong === -1 ? { bytes: bytes.length } : { wrong };
  }
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutBytes(member)]));
}

function camera() {
  return navigator.mediaDevices.getUserMedia({ video: true, audio: true });
}

/* The lines of docs/ice-servers.md. */
function expectIce(peer) {
  peer.socket.on('message', ({ type, payload }) => {
    if (type === 'ICE') peer.options.config = { ...peer.options.config, iceServers: payload.iceServers };
  });
}

globalThis.stage = {
  /** Opens the peer; with `id` null it requests an id from the broker. */
  create({ id, options, takesIce }) {
    peer = id === null ? new Peer(options) : new Peer(id, options);
    if (takesIce) expectIce(peer);
    peer.on('open', (own) => logEvent('open', own));
    peer.on('disconnected', (own) => logEvent('disconnected', own));
    peer.on('close', () => logEvent('close', null));
    peer.on('error', (error) => logEvent('error', `${error.type}: ${error.message}`));
    peer.on('connection', (connection) => {
      logEvent('connection', connection.peer);
      keep(connection);
    });
    peer.on('call', async (call) => {
      logEvent('call', call.peer);
      show(call);
      call.answer(await camera());
    });
  },

  /** The detail of the event when it occurs for the nth time, now or later. */
  event({ event, nth }) {
    return new Promise((resolve) => {
      const read = () => {
        const found = events.filter((entry) => entry.event === event)[nth - 1];
        if (found === undefined) return;
        readers.delete(read);
        resolve(found.detail);
      };
      readers.add(read);
      read();
    });
  },

  events: () => events,
  /** Waits for the socket, whether or not the peer has received OPEN. */
  async waitForSocket() {
    while (!peer.socket._wsOpen()) await new Promise((resolve) => setTimeout(resolve, 5));
  },
  connect: (id) => keep(peer.connect(id, { reliable: true })),
  /** Sends values over a new connection, and returns as many replies. */
  exchange({ id, serialization, values }) {
    return new Promise((resolve, reject) => {
      const connection = peer.connect(id, { reliable: true, serialization });
      connections.push(connection);
      const replies = [];
      connection.on('open', () => values.forEach((value) => connection.send(withBytes(value))));
      connection.on('error', reject);
      connection.on('data', (data) => {
        replies.push(withoutBytes(data));
        if (replies.length === values.length) resolve(replies);
      });
    });
  },
  /** The types of the candidates that the other side of the last connection has sent, each once. */
  remoteCandidates() {
    const { sdp } = connections.at(-1).peerConnection.remoteDescription;
    return [...new Set(Array.from(sdp.matchAll(/ typ (\w+)/g), ([, type]) => type))].sort();
  },
  /** Sends bytes that no serialization can read. */
  sendMalformed: () => connections.at(-1).dataChannel.send(new Uint8Array([0xd9, 0xff, 0xff, 0xff, 0xff])),
  send: (text) => connections.at(-1).send(text),
  call: async (id) => show(peer.call(id, await camera())),
  /** Gets ICE servers as in docs/ice-servers.md. @returns their URLs */
  async fetchIce(iceTransportPolicy) {
    const { host, port, key, token } = peer.options;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`http://${host}:${port}/${key}/ice?${new URLSearchParams({ id: peer.id })}`, { headers });
    const { iceServers } = await response.json();
    peer.options.config = { ...peer.options.config, iceServers, iceTransportPolicy };
    return iceServers.flatMap(({ urls }) => urls);
  },
  /** The types of both candidates of the last connection, as soon as a pair is selected. */
  async candidateTypes() {
    for (;;) {
      const stats = await connections.at(-1).peerConnection.getStats();
      const pair = stats.get([...stats.values()].find(({ type }) => type === 'transport')?.selectedCandidatePairId);
      if (pair !== undefined) return [pair.localCandidateId, pair.remoteCandidateId].map((id) => stats.get(id).candidateType);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  list: () => new Promise((resolve) => peer.listAllPeers(resolve)),
  disconnect: () => peer.disconnect(),
  reconnect: () => peer.reconnect(),
  reconnectWith(token) {
    peer.options.token = token;
    peer.reconnect();
  },
  /** A7: replaces the token of the open peer. */
  refreshToken: (token) => peer.socket.send({ type: 'TOKEN', payload: { token } }),
  destroy: () => peer.destroy(),
};
