/* The functions that a test calls in a tab: one Peer of the PeerJS client, and a log of its events. */

const { document, navigator, Peer } = globalThis;
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

function camera() {
  return navigator.mediaDevices.getUserMedia({ video: true, audio: true });
}

globalThis.stage = {
  /** Opens the peer; with `id` null it requests an id from the broker. */
  create({ id, options }) {
    peer = id === null ? new Peer(options) : new Peer(id, options);
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
  connect: (id) => keep(peer.connect(id, { reliable: true })),
  send: (text) => connections.at(-1).send(text),
  call: async (id) => show(peer.call(id, await camera())),
  list: () => new Promise((resolve) => peer.listAllPeers(resolve)),
  disconnect: () => peer.disconnect(),
  reconnect: () => peer.reconnect(),
  destroy: () => peer.destroy(),
};
