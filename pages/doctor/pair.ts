import type { Finding } from '../../doctor/findings.ts';
import { judgePair, type PairWay, type WayObservation } from '../../doctor/judge/pair.ts';
import { isPairWay, readPairMessage, type PairMessage } from '../../doctor/judge/pair-message.ts';
import type { IceUrl } from '../../doctor/target.ts';
import { uniqueName } from '../shared/broker.ts';
import { PeerLink } from '../shared/peer-link.ts';
import { SignalSocket, type SignalMessage } from '../shared/signal-socket.ts';
import { TIMEOUT_MS, type PageContext } from './context.ts';
import { configurationOf } from './ice-steps.ts';

const WAY_TIMEOUT_MS = 8_000;
const SIDES = ['a', 'b'] as const;
const BLOCKED = 'webrtc-blocked';

export interface PairView {
  readonly showState: (text: string) => void;
  readonly showResult: (own: readonly Finding[], other: readonly Finding[]) => void;
}

/** D14: two pages with the same link. Their ids are those of the link, so the broker needs no state for it. */
export class Pair {
  readonly #context: PageContext;
  readonly #room: string;
  readonly #view: PairView;
  #signal: SignalSocket | undefined;
  #side: (typeof SIDES)[number] = 'a';
  #own: readonly Finding[] | undefined;
  #other: readonly Finding[] | undefined;
  #link: PeerLink | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #isTrying = false;

  constructor(context: PageContext, room: string, view: PairView) {
    this.#context = context;
    this.#room = room;
    this.#view = view;
  }

  /** Takes the first free side of the link. */
  async join(): Promise<void> {
    const { broker, identity, token } = this.#context;
    for (const side of SIDES) {
      const own = { key: identity.key, id: this.#idOf(side), token: token ?? uniqueName('token') };
      const signal = new SignalSocket(broker, own, TIMEOUT_MS);
      const { type, text } = await signal.first;
      if (type === 'OPEN') return this.#start(signal, side);
      signal.close();
      if (type !== 'ID-TAKEN') return this.#view.showState(`The broker does not open the link: ${text ?? type}`);
    }
    this.#view.showState('Two users have this link open already. Make another link.');
  }

  /** The findings of all steps of this page but D8. */
  report(findings: readonly Finding[]): void {
    this.#own = findings;
    this.#send({ findings, isReply: false });
    this.#compare();
  }

  #start(signal: SignalSocket, side: (typeof SIDES)[number]): void {
    this.#signal = signal;
    this.#side = side;
    this.#view.showState('Waits for the other user: send the link.');
    signal.listen((message) => {
      // Any peer can send to this one.
      if (message.src !== this.#remote) return;
      this.#queue = this.#queue.then(() => this.#receive(message)).catch((error: unknown) => this.#view.showState(String(error)));
    });
    signal.onClose((code) => this.#view.showState(`The socket of the link is closed with ${code}. Load the page again.`));
    if (this.#own !== undefined) this.#send({ findings: this.#own, isReply: false });
  }

  async #receive(message: SignalMessage): Promise<void> {
    const offered = PeerLink.offered(message);
    if (isPairWay(offered?.connectionId)) this.#answer(offered.connectionId);
    if (await this.#link?.receive(message)) return;
    const { findings, isReply, ways } = readPairMessage(message.payload?.['doctor']);
    if (findings !== undefined) {
      this.#other = findings;
      this.#view.showState('The other user is there. Both pages test the ways to each other.');
      if (!isReply && this.#own !== undefined) this.#send({ findings: this.#own, isReply: true });
      this.#compare();
    }
    if (ways !== undefined) this.#judge(ways);
  }

  /** The first side tries each way, and tells the other the result. */
  #compare(): void {
    if (this.#own === undefined) return this.#view.showState('The other user is there. This page finishes its own steps first.');
    if (this.#other === undefined || this.#side === 'b' || this.#isTrying) return;
    this.#isTrying = true;
    void this.#tryWays(this.#own, this.#other).then((ways) => {
      this.#isTrying = false;
      this.#send({ ways });
      this.#judge(ways);
    });
  }

  async #tryWays(own: readonly Finding[], other: readonly Finding[]): Promise<WayObservation[]> {
    if ([...own, ...other].some(({ verdict }) => verdict === BLOCKED)) return [];
    const seen: WayObservation[] = [];
    for (const way of waysWith(this.#context.servers)) seen.push({ way, isConnected: await this.#try(way) });
    return seen;
  }

  async #try(way: PairWay): Promise<boolean> {
    const isConnected = await new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), WAY_TIMEOUT_MS);
      this.#open(way, () => resolve(true));
      this.#link?.offer().catch(() => resolve(false));
    });
    this.#link?.close();
    return isConnected;
  }

  #answer(way: PairWay): void {
    this.#link?.close();
    this.#open(way, () => undefined);
  }

  #open(way: PairWay, onChannelOpen: () => void): void {
    const signal = this.#signal;
    if (signal === undefined) return;
    const { configuration, accepts } = restrictionOf(way, this.#context.servers);
    const remote = this.#remote;
    this.#link = new PeerLink({
      signal,
      remote,
      connectionId: way,
      kind: 'data',
      configuration,
      accepts,
      listener: { onChannelOpen },
    });
  }

  #judge(ways: readonly WayObservation[]): void {
    const [own, other] = [this.#own, this.#other];
    if (own === undefined || other === undefined) return;
    this.#view.showState('');
    this.#view.showResult([judgePair({ own, other, ways })], other);
  }

  #send(doctor: PairMessage): void {
    this.#signal?.send({ type: 'OFFER', dst: this.#remote, payload: { doctor } });
  }

  /** The id of the other side. */
  get #remote(): string {
    return this.#idOf(this.#side === 'a' ? 'b' : 'a');
  }

  #idOf(side: string): string {
    return `doctor-${this.#room}-${side}`;
  }
}

/** The ways that the list of ICE servers allows. */
function waysWith(servers: readonly IceUrl[]): PairWay[] {
  const turn = servers.filter(({ scheme }) => scheme.startsWith('turn'));
  return [
    'host',
    ...(servers.some(({ transport }) => transport === 'udp') ? (['srflx'] as const) : []),
    ...(turn.some(({ transport }) => transport === 'udp') ? (['relay-udp'] as const) : []),
    ...(turn.some(({ transport }) => transport !== 'udp') ? (['relay-tcp'] as const) : []),
  ];
}

/** Each side sends only candidates of the way, so that a connection proves this way. */
function restrictionOf(
  way: PairWay,
  servers: readonly IceUrl[],
): { configuration: RTCConfiguration; accepts: (candidate: RTCIceCandidate) => boolean } {
  if (way === 'host') return { configuration: {}, accepts: ({ type }) => type === 'host' };
  if (way === 'srflx') {
    const udp = servers.filter(({ transport }) => transport === 'udp');
    return { configuration: configurationOf(udp), accepts: ({ type }) => type === 'srflx' };
  }
  const isUdp = way === 'relay-udp';
  const turn = servers.filter(({ scheme, transport }) => scheme.startsWith('turn') && (transport === 'udp') === isUdp);
  return { configuration: configurationOf(turn, 'relay'), accepts: ({ type }) => type === 'relay' };
}
