import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';

/* One shared document of Yjs, kept in step by y-webrtc. */

const document = new Y.Doc();
const text = document.getText('text');
let provider;

globalThis.stage = {
  join(room, signaling, maxConns) {
    provider = new WebrtcProvider(room, document, { signaling: [signaling], maxConns, peerOpts: { config: { iceServers: [] } } });
  },
  write: (words) => text.insert(text.length, words),
  reads: (...words) => words.every((word) => text.toString().includes(word)),
  isSignalled: () => provider.signalingConns.every(({ connected }) => connected),
  peers: () => provider.room?.webrtcConns.size ?? 0,
  leave: () => provider.destroy(),
  events: () => ({ text: text.toString(), peers: globalThis.stage.peers(), isSignalled: globalThis.stage.isSignalled() }),
};
