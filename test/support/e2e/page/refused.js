/* Requests a taken id several times, with the PeerJS client and with a raw socket, and reports the results. */

const { Peer, WebSocket, URLSearchParams, location, fetch } = globalThis;
const { host, port, attempts } = Object.fromEntries(new URLSearchParams(location.search));
const ID = 'taken';
const options = { host, port: Number(port), path: '/', debug: 0 };

function errorOfPeer() {
  return new Promise((resolve) => {
    const peer = new Peer(ID, options);
    const end = (result) => {
      resolve(result);
      peer.destroy();
    };
    peer.on('error', ({ type }) => end(type));
    peer.on('open', () => end('open'));
  });
}

function endOfSocket(n) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://${host}:${port}/peerjs?key=peerjs&id=${ID}&token=other-${n}`);
    let type = 'nothing';
    socket.onmessage = ({ data }) => {
      type = JSON.parse(data).type;
    };
    socket.onclose = ({ code }) => resolve(`${type} ${code}`);
  });
}

const holder = new Peer(ID, options);
await new Promise((resolve) => holder.on('open', resolve));
const peers = [];
const sockets = [];
for (let n = 0; n < Number(attempts); n++) {
  peers.push(await errorOfPeer());
  sockets.push(await endOfSocket(n));
}
await fetch('/report', { method: 'POST', body: JSON.stringify({ peers, sockets }) });
