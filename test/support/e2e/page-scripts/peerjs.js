/* One peer of a PeerJS client, of whichever generation, and one data connection. */

const { Peer } = globalThis;
const received = [];
const diary = [];
let peer;
let connection;

/** As behind a proxy that lets no WebSocket through. */
function blockWebSockets() {
  globalThis.WebSocket = class {
    readyState = 0;
    send() {}
    close() {}
  };
}

function keep(opened) {
  connection = opened;
  connection.on('open', () => diary.push('connected'));
  connection.on('data', (text) => received.push(text));
}

globalThis.stage = {
  open(id, options, isBlocked) {
    if (isBlocked) blockWebSockets();
    peer = new Peer(id, { ...options, config: { iceServers: [] } });
    peer.on('open', () => diary.push('open'));
    peer.on('error', (error) => diary.push(`error ${error.type}`));
    peer.on('connection', keep);
  },
  connect: (id) => keep(peer.connect(id, { serialization: 'raw', reliable: true })),
  send: (text) => connection.send(text),
  saw: (what) => diary.includes(what),
  received: (text) => received.includes(text),
  count: (what) => diary.filter((one) => one === what).length,
  diary: () => diary,
};
