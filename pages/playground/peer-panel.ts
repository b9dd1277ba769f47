import { brokerUrl } from '../shared/broker.ts';
import { button, element } from '../shared/elements.ts';
import { fetchIce, iceServersIn } from '../shared/ice-servers.ts';
import { PeerLink, type LinkKind } from '../shared/peer-link.ts';
import { SignalSocket, type Identity, type SignalMessage } from '../shared/signal-socket.ts';
import { testVideo } from './test-video.ts';

const OPEN_TIMEOUT_MS = 10_000;

/** One peer: its log, the chat and the videos. */
export class PeerPanel {
  readonly root: HTMLElement;
  readonly #name: string;
  readonly #colour: string;
  readonly #log = element('ol', { class: 'log', tabindex: 0 });
  readonly #state = element('p', { class: 'soft' }, 'not connected');
  readonly #videos = element('div', { class: 'videos' });
  readonly #text = element('input', { autocomplete: 'off', disabled: true });
  readonly #call: HTMLButtonElement;
  readonly #links = new Map<string, PeerLink>();
  #signal: SignalSocket | undefined;
  #servers: RTCIceServer[] = [];
  #start = 0;
  /** Messages are handled in their order, because descriptions take time. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(name: string, colour: string) {
    this.#name = name;
    this.#colour = colour;
    this.#log.setAttribute('aria-label', `Steps of ${name}`);
    this.#call = button('Call with test video', () => void this.#link('media').catch((error) => this.#fail(error)), {
      disabled: true,
    });
    const chat = element(
      'form',
      { class: 'row chat' },
      element('label', {}, `Text from ${name}`, this.#text),
      element('button', {}, 'Send'),
    );
    chat.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#sendText();
    });
    this.root = element(
      'section',
      { class: 'card' },
      element('h2', {}, name),
      this.#state,
      this.#log,
      chat,
      this.#videos,
      this.#call,
    );
  }

  /** The id of the other peer of the chat. */
  remote: string | undefined;

  /** @returns whether the broker has opened the peer. */
  async open(identity: Identity): Promise<boolean> {
    this.#close();
    this.#start = performance.now();
    this.#note('·', `id ${identity.id}`);
    const signal = new SignalSocket(brokerUrl(), identity, OPEN_TIMEOUT_MS);
    this.#signal = signal;
    signal.listen((message) => {
      this.#queue = this.#queue.then(() => this.#receive(message)).catch((error: unknown) => this.#fail(error));
    });
    signal.onClose((code) => this.#show(`the socket is closed with ${code}`, 'bad'));
    const { type, text, took } = await signal.first;
    if (type !== 'OPEN') {
      this.#show(`refused: ${text ?? type}`, 'bad');
      return false;
    }
    this.#show(`open after ${took} ms, waits for a connection`, 'good');
    this.#servers = iceServersIn(await fetchIce(brokerUrl(), identity));
    this.#note('·', `${this.#servers.length === 0 ? 'no' : this.#servers.length} ICE servers from the broker`);
    return true;
  }

  /** Opens the data channel to the other peer. */
  async connect(): Promise<void> {
    await this.#link('data').catch((error) => this.#fail(error));
  }

  async #receive(message: SignalMessage): Promise<void> {
    const offered = PeerLink.offered(message);
    if (offered !== undefined && !this.#links.has(offered.connectionId)) {
      this.remote = offered.remote;
      this.#addLink(offered.connectionId, offered.kind);
    }
    for (const link of this.#links.values()) if (await link.receive(message)) return;
    const reason = message.payload?.['msg'];
    this.#note('←', [message.type, message.src, reason].filter((part) => part !== undefined).join(' '));
  }

  async #link(kind: LinkKind): Promise<void> {
    const prefix = kind === 'data' ? 'dc' : 'mc';
    await this.#addLink(`${prefix}_${Math.random().toString(36).slice(2)}`, kind).offer();
  }

  #addLink(connectionId: string, kind: LinkKind): PeerLink {
    const { remote } = this;
    if (this.#signal === undefined || remote === undefined) throw new Error('The peer is not open');
    const stream = kind === 'media' ? testVideo(this.#name, this.#colour) : undefined;
    if (stream !== undefined) this.#showVideo('own video', stream);
    const link = new PeerLink({
      ...{ signal: this.#signal, remote, connectionId, kind, stream, configuration: { iceServers: this.#servers } },
      listener: {
        onSignal: (way, type, detail) => this.#note(way === 'sent' ? '→' : '←', [type, kind, detail].filter(Boolean).join(' ')),
        onIceState: (state) => this.#showIce(kind, state),
        onChannelOpen: () => this.#channelOpen(),
        onText: (text) => this.#note('←', `text: ${text}`),
        onStream: (received) => this.#showVideo('received video', received),
      },
    });
    this.#links.set(connectionId, link);
    return link;
  }

  #channelOpen(): void {
    this.#text.disabled = false;
    this.#call.disabled = false;
    this.#note('·', 'the data channel is open');
    this.#show(`connected to ${this.remote ?? ''}`, 'good');
  }

  #sendText(): void {
    const text = this.#text.value;
    if (text === '' || ![...this.#links.values()].some((link) => link.sendText(text))) return;
    this.#note('→', `text: ${text}`);
    this.#text.value = '';
  }

  #showIce(kind: LinkKind, state: RTCIceConnectionState): void {
    this.#note('·', `ICE ${kind}: ${state}`);
    if (state === 'failed') this.#show('The peers reach each other on no way: the doctor finds the cause', 'bad');
  }

  #showVideo(caption: string, stream: MediaStream): void {
    const video = element('video', { playsinline: true, 'aria-label': caption });
    video.muted = true;
    video.srcObject = stream;
    this.#videos.append(element('figure', {}, video, element('figcaption', { class: 'soft' }, caption)));
    // Browsers pause automatic videos outside of the view.
    video.play().then(
      () => this.#note('·', `${caption}: plays`),
      (error: unknown) => this.#fail(error),
    );
  }

  #show(text: string, state: 'good' | 'bad'): void {
    this.#state.className = state;
    this.#state.textContent = text;
    this.#note('·', text);
  }

  #note(way: string, text: string): void {
    const time = `${Math.round(performance.now() - this.#start)} ms`;
    this.#log.append(element('li', {}, element('time', {}, time), element('span', {}, way), element('span', {}, text)));
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #fail(error: unknown): void {
    this.#show(error instanceof Error ? error.message : String(error), 'bad');
  }

  #close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
    this.#signal?.close();
    this.#log.replaceChildren();
    this.#videos.replaceChildren();
    this.#text.disabled = true;
    this.#call.disabled = true;
  }
}
