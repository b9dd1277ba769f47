/* One peer of a PeerJS client of any generation, and one data connection. */

const { Peer } = globalThis;
const received = [];
const events = [];
let peer;
let connection;

/** Simulates a proxy that blocks WebSockets. */
function blockWebSockets() {
  globalThis.WebSocket = class {
    readyState = 0;
    send() {}
    close() {}
  };
}

function keep(opened) {
  connection = opened;
  connection.on('open', () => events.push('connected'));
  connection.on('data', (text) => received.push(text));
}

globalThis.stage = {
  open(id, options, isBlocked) {
    if (isBlocked) blockWebSockets();
    peer = new Peer(id, { ...options, config: { iceServers: [] } });
    peer.on('open', () => events.push('open'));
    peer.on('error', (error) => events.push(`error ${error.type}`));
    peer.on('connection', keep);
  },
  connect: (id) => keep(peer.connect(id, { serialization: 'raw', reliable: true })),
  send: (text) => connection.send(text),
  saw: (what) => events.includes(what),
  received: (text) => received.includes(text),
  count: (what) => events.filter((one) => one === what).length,
  events: () => events,
};
