/* Runs the PeerJS client in Node: defines the browser globals that it uses, with node-datachannel and ws. */
import { randomUUID } from 'node:crypto';
import { PeerConnection } from 'node-datachannel';
import { RTCIceCandidate, RTCPeerConnection, RTCSessionDescription } from 'node-datachannel/polyfill';
import { WebSocket } from 'ws';

/** An `RTCPeerConnection` that returns each audio and video packet to its sender. */
class EchoingPeerConnection extends RTCPeerConnection {
  #tracks = [];

  constructor(config = {}) {
    const native = new PeerConnection(randomUUID(), { ...config, iceServers: nativeServers(config.iceServers) });
    super({ ...config, peerConnection: native });
    native.onTrack((track) => {
      // A track that nothing refers to is garbage-collected.
      this.#tracks.push(track);
      // RTCP returns as well: a request for a key frame reaches the only sender of frames, the browser itself.
      track.onMessage((packet) => {
        if (track.isOpen()) track.sendMessageBinary(packet);
      });
    });
  }
}

/** ICE servers as URLs with credentials. The credentials are escaped, because the username of a TURN server contains a colon. */
function nativeServers(iceServers = []) {
  return iceServers.flatMap(({ urls, username, credential }) =>
    [urls].flat().map((url) => {
      if (username === undefined) return url;
      const [, scheme, rest] = /^(\w+):(.*)$/.exec(url);
      return `${scheme}:${encodeURIComponent(username)}:${encodeURIComponent(credential)}@${rest}`;
    }),
  );
}

/** A socket as in a browser: it reports a failure by `close`, and an exception of a handler has no effect on it. */
class BrowserSocket extends WebSocket {
  constructor(url) {
    super(url);
    this.on('error', () => this.terminate());
  }

  set onmessage(handle) {
    super.onmessage = (event) => {
      try {
        handle?.(event);
      } catch (error) {
        console.error(`message of the broker ignored: ${error.message}`);
      }
    };
  }
}

/** For the check that PeerJS runs when it is loaded. A real connection would send requests to a public STUN server. */
class LoadTimeConnection {
  createDataChannel = () => ({ ordered: true, close: () => undefined });
  close = () => undefined;
}

const location = { protocol: 'http:', hostname: 'localhost' };
Object.assign(globalThis, { RTCIceCandidate, RTCSessionDescription, WebSocket: BrowserSocket, window: globalThis, location });

globalThis.RTCPeerConnection = LoadTimeConnection;
const peerjs = await import('peerjs');
globalThis.RTCPeerConnection = EchoingPeerConnection;

export const Peer = peerjs.default.Peer;
