import type { SignalMessage, SignalSocket } from './signal-socket.ts';

export type LinkKind = 'data' | 'media';

/** The events of a link, in their order. */
export interface LinkListener {
  /** A message of signalling was sent or received. */
  readonly onSignal?: (way: 'sent' | 'received', type: string, detail: string) => void;
  readonly onIceState?: (state: RTCIceConnectionState) => void;
  readonly onChannelOpen?: () => void;
  readonly onText?: (text: string) => void;
  readonly onStream?: (stream: MediaStream) => void;
}

export interface LinkSettings {
  readonly signal: SignalSocket;
  readonly remote: string;
  readonly connectionId: string;
  readonly kind: LinkKind;
  readonly configuration: RTCConfiguration;
  readonly stream?: MediaStream | undefined;
  /** Selects the own candidates that are sent; all by default. */
  readonly accepts?: ((candidate: RTCIceCandidate) => boolean) | undefined;
  readonly listener: LinkListener;
}

interface LinkPayload {
  readonly connectionId?: string;
  readonly type?: LinkKind;
  readonly sdp?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
}

/** One connection between two peers, with the messages of the PeerJS client, serialization `json`. */
export class PeerLink {
  readonly connection: RTCPeerConnection;
  readonly #settings: LinkSettings;
  readonly #early: RTCIceCandidateInit[] = [];
  readonly #whenClosed: Promise<void>;
  #reportClosed: () => void = () => undefined;
  #channel: RTCDataChannel | undefined;

  /** @throws if the browser has no WebRTC, or rejects the list of ICE servers. */
  constructor(settings: LinkSettings) {
    this.#settings = settings;
    this.#whenClosed = new Promise((resolve) => {
      this.#reportClosed = resolve;
    });
    this.connection = new RTCPeerConnection(settings.configuration);
    const { stream, listener, accepts } = settings;
    for (const track of stream?.getTracks() ?? []) this.connection.addTrack(track, stream as MediaStream);
    this.connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null || candidate.candidate === '' || accepts?.(candidate) === false) return;
      this.#send('CANDIDATE', { candidate: candidate.toJSON() }, describeCandidate(candidate.candidate));
    });
    this.connection.addEventListener('iceconnectionstatechange', () => listener.onIceState?.(this.connection.iceConnectionState));
    this.connection.addEventListener('datachannel', ({ channel }) => this.#use(channel));
    this.connection.addEventListener('track', ({ streams: [first] }) => first && listener.onStream?.(first));
  }

  /** The settings of a link that answers this OFFER; undefined for another message. */
  static offered(message: SignalMessage): { remote: string; connectionId: string; kind: LinkKind } | undefined {
    const { connectionId, type } = (message.payload ?? {}) as LinkPayload;
    if (message.type !== 'OFFER' || message.src === undefined || connectionId === undefined) return undefined;
    return { remote: message.src, connectionId, kind: type === 'media' ? 'media' : 'data' };
  }

  async offer(): Promise<void> {
    const { connectionId, kind } = this.#settings;
    if (kind === 'data') this.#use(this.connection.createDataChannel(connectionId, { ordered: true }));
    await this.connection.setLocalDescription();
    const labels = kind === 'data' ? { label: connectionId, reliable: true, serialization: 'json' } : {};
    this.#send('OFFER', { sdp: this.connection.localDescription, ...labels });
  }

  /** @returns false for a message of another link. */
  async receive({ type, src, payload = {} }: SignalMessage): Promise<boolean> {
    const { connectionId, sdp, candidate } = payload as LinkPayload;
    if (src !== this.#settings.remote || connectionId !== this.#settings.connectionId) return false;
    this.#settings.listener.onSignal?.('received', type, describeCandidate(candidate?.candidate));
    // The browser never settles an operation of a connection that is closed meanwhile.
    if (type === 'CANDIDATE' && candidate !== undefined) await Promise.race([this.#addCandidate(candidate), this.#whenClosed]);
    if ((type === 'OFFER' || type === 'ANSWER') && sdp !== undefined) {
      await Promise.race([this.#describe(type, sdp), this.#whenClosed]);
    }
    return true;
  }

  sendText(text: string): boolean {
    if (this.#channel?.readyState !== 'open') return false;
    this.#channel.send(JSON.stringify(text));
    return true;
  }

  close(): void {
    this.connection.close();
    this.#reportClosed();
  }

  async #describe(type: string, sdp: RTCSessionDescriptionInit): Promise<void> {
    await this.connection.setRemoteDescription(sdp);
    for (const candidate of this.#early.splice(0)) await this.connection.addIceCandidate(candidate);
    if (type !== 'OFFER') return;
    await this.connection.setLocalDescription();
    this.#send('ANSWER', { sdp: this.connection.localDescription });
  }

  /** Candidates may precede the description. */
  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.connection.remoteDescription === null) this.#early.push(candidate);
    else await this.connection.addIceCandidate(candidate);
  }

  #use(channel: RTCDataChannel): void {
    this.#channel = channel;
    channel.addEventListener('open', () => this.#settings.listener.onChannelOpen?.());
    channel.addEventListener('message', ({ data }) => this.#settings.listener.onText?.(String(parsed(String(data)))));
  }

  #send(type: string, payload: Readonly<Record<string, unknown>>, detail = ''): void {
    const { signal, remote, connectionId, kind, listener } = this.#settings;
    signal.send({ type, dst: remote, payload: { ...payload, type: kind, connectionId } });
    listener.onSignal?.('sent', type, detail);
  }
}

/** The kind and the transport of a candidate, without its address. */
function describeCandidate(line: string | undefined): string {
  const [, transport, kind] = /^candidate:\S+ \d+ (\S+) .* typ (\S+)/.exec(line ?? '') ?? [];
  return kind === undefined ? '' : `${kind}, ${transport?.toLowerCase() ?? ''}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
