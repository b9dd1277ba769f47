/* What a tab does on behalf of a test: one Peer of the real library, and a diary of what it reports. */

const { document, navigator, Peer } = globalThis;
const diary = [];
const readers = new Set();
const connections = [];
let peer;

/** Writes down what happened; whoever waits for it reads on. */
function note(event, detail) {
  diary.push({ event, detail });
  for (const read of [...readers]) read();
}

function keep(connection) {
  connections.push(connection);
  connection.on('open', () => note('connected', connection.peer));
  connection.on('data', (text) => note('received', `${connection.peer}: ${text}`));
  connection.on('close', () => note('parted', connection.peer));
}

function show(call) {
  call.on('stream', (stream) => {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    document.body.append(video);
    // Twice: a frame that came, and another one after it.
    video.requestVideoFrameCallback((_, first) => {
      video.requestVideoFrameCallback((_, second) => {
        if (second.mediaTime > first.mediaTime) note('plays', `${video.videoWidth}x${video.videoHeight}`);
      });
    });
    video.play().catch((error) => note('error', `video: ${error.message}`));
  });
}

function camera() {
  return navigator.mediaDevices.getUserMedia({ video: true, audio: true });
}

globalThis.stage = {
  /** Opens the peer; `id` null asks the broker for one. */
  create({ id, options }) {
    peer = id === null ? new Peer(options) : new Peer(id, options);
    peer.on('open', (own) => note('open', own));
    peer.on('disconnected', (own) => note('disconnected', own));
    peer.on('close', () => note('close', null));
    peer.on('error', (error) => note('error', `${error.type}: ${error.message}`));
    peer.on('connection', (connection) => {
      note('connection', connection.peer);
      keep(connection);
    });
    peer.on('call', async (call) => {
      note('call', call.peer);
      show(call);
      call.answer(await camera());
    });
  },

  /** What came with the event when it happened for the nth time, now or later. */
  event({ event, nth }) {
    return new Promise((resolve) => {
      const read = () => {
        const found = diary.filter((entry) => entry.event === event)[nth - 1];
        if (found === undefined) return;
        readers.delete(read);
        resolve(found.detail);
      };
      readers.add(read);
      read();
    });
  },

  diary: () => diary,
  connect: (id) => keep(peer.connect(id, { reliable: true })),
  send: (text) => connections.at(-1).send(text),
  call: async (id) => show(peer.call(id, await camera())),
  list: () => new Promise((resolve) => peer.listAllPeers(resolve)),
  disconnect: () => peer.disconnect(),
  reconnect: () => peer.reconnect(),
  destroy: () => peer.destroy(),
};
