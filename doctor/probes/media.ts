import type { IceUrl } from '../target.ts';
import { settled } from './timing.ts';

/* The part of `node-datachannel` that D13 uses. The package is optional. */

interface DataChannel {
  onOpen(then: () => void): void;
  onMessage(then: (message: unknown) => void): void;
  sendMessage(text: string): boolean;
}

interface PeerConnection {
  onLocalDescription(then: (sdp: string, type: string) => void): void;
  onLocalCandidate(then: (candidate: string, mid: string) => void): void;
  onDataChannel(then: (channel: DataChannel) => void): void;
  setRemoteDescription(sdp: string, type: string): void;
  addRemoteCandidate(candidate: string, mid: string): void;
  createDataChannel(label: string): DataChannel;
}

export interface WebRtc {
  readonly PeerConnection: new (name: string, config: object) => PeerConnection;
}

const PACKAGE = 'node-datachannel';

/** Undefined if the package is not installed, or has no build for this machine. */
export async function loadWebRtc(): Promise<WebRtc | undefined> {
  try {
    const loaded = (await import(PACKAGE)) as { default?: WebRtc } & WebRtc;
    return loaded.default ?? loaded;
  } catch {
    return undefined;
  }
}

/**
 * D13: whether a message arrives from one peer at the other. The threads of the library go on until the process ends, because
 * closing the peers can crash the library.
 */
export async function exchangesData(
  { PeerConnection }: WebRtc,
  servers: readonly IceUrl[],
  policy: 'all' | 'relay',
  timeout: number,
): Promise<boolean> {
  const config = { iceServers: servers.map((server) => forLibrary(server)), iceTransportPolicy: policy };
  const [ann, bob] = [new PeerConnection('ann', config), new PeerConnection('bob', config)];
  let isOver = false;
  // An exception in a callback ends the process.
  const signal = (deliver: () => void): void => {
    if (!isOver) deliver();
  };
  try {
    connect(ann, bob, signal);
    connect(bob, ann, signal);
    const received = new Promise<boolean>((resolve) => {
      bob.onDataChannel((channel) => channel.onMessage(() => resolve(true)));
    });
    const channel = ann.createDataChannel('doctor');
    channel.onOpen(() => void channel.sendMessage('hello'));
    return await settled(timeout, received).catch(() => false);
  } finally {
    isOver = true;
  }
}

/** Candidates wait for the description, as in a browser: the library refuses earlier ones. */
function connect(from: PeerConnection, to: PeerConnection, signal: (deliver: () => void) => void): void {
  let early: (() => void)[] | undefined = [];
  from.onLocalDescription((sdp, type) =>
    signal(() => {
      to.setRemoteDescription(sdp, type);
      for (const deliver of early ?? []) deliver();
      early = undefined;
    }),
  );
  from.onLocalCandidate((candidate, mid) =>
    signal(() => {
      const deliver = (): void => to.addRemoteCandidate(candidate, mid);
      if (early === undefined) deliver();
      else early.push(deliver);
    }),
  );
}

function forLibrary({ scheme, host, port, transport, username, credential }: IceUrl): object {
  if (scheme === 'stun' || scheme === 'stuns') return { hostname: host, port };
  const relayType = { udp: 'TurnUdp', tcp: 'TurnTcp', tls: 'TurnTls' }[transport];
  return { hostname: host, port, username, password: credential, relayType };
}
