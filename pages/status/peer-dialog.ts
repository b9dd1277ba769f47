import { button, element } from '../shared/elements.ts';
import { act, get, peerPath, type Peer, type PeerDetails } from './api.ts';
import { confirm, withReason } from './confirm.ts';
import { bytes, clockTime, mayAct, sinceDate, span } from './page.ts';

const TRACE_LINES = 200;

/** ADM2, ADM6: the details of one peer, its trace, and the acts on it. */
export function openPeer(peer: Peer): void {
  const facts = element('dl');
  const failure = element('p', { class: 'bad', role: 'alert' });
  const acts = element('div', { class: 'row' });
  const trace = new TraceView(peer);
  const dialog = element(
    'dialog',
    { 'aria-labelledby': 'peer' },
    element('h2', { id: 'peer' }, peer.id),
    ...[failure, facts, acts, trace.root],
    element(
      'p',
      {},
      button('Close', () => dialog.close()),
    ),
  );
  const load = async (): Promise<void> => {
    const details = await get<PeerDetails>(peerPath(peer));
    showFacts(facts, details);
    if (mayAct() && acts.childElementCount === 0) acts.append(...actButtons(details));
  };
  const fail = (error: unknown): void => {
    failure.textContent = error instanceof Error ? error.message : String(error);
  };
  const timer = setInterval(() => void load().catch(fail), 2_000);
  void load().catch(fail);
  dialog.addEventListener('close', () => {
    clearInterval(timer);
    trace.stop();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function showFacts(list: HTMLElement, peer: PeerDetails): void {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Realm', peer.realm],
    ['Node', peer.node],
    ['State', peer.isPaused ? `${peer.state}, paused by its rate limit` : peer.state],
    ['Dialect', `${peer.dialect}, ${peer.carrier}, ${peer.kind}`],
    ['Address', peer.address],
    ['Open for', sinceDate(peer.openedAt)],
    ['Idle for', span(peer.idleSeconds)],
    ['Sent', `${peer.framesIn} frames, ${bytes(peer.bytesIn)}`],
    ['Received', `${peer.framesOut} frames, ${bytes(peer.bytesOut)}`],
    ['Waiting', peer.waiting && `${peer.waiting.messages} messages, ${bytes(peer.waiting.bytes)}`],
    ['Topics', String(peer.topics)],
    ['User', peer.subject],
    ['Token id', peer.tokenId],
    ['Token ends', peer.expiresAt && new Date(peer.expiresAt).toLocaleString()],
  ];
  const shown = rows.filter(([, value]) => value !== undefined && value !== '');
  list.replaceChildren(...shown.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value ?? '')]));
}

function actButtons(peer: PeerDetails): HTMLElement[] {
  const bans = [
    { what: 'id', value: peer.id, realm: peer.realm, name: 'id' },
    { what: 'address', value: peer.address, name: 'address' },
    ...(peer.subject === undefined ? [] : [{ what: 'sub', value: peer.subject, name: 'user' }]),
    ...(peer.tokenId === undefined ? [] : [{ what: 'jti', value: peer.tokenId, name: 'token' }]),
  ];
  const expel = { title: `Expel ${peer.id}`, effect: 'The connection is closed with 4004. The client may reconnect.' };
  return [
    button('Expel …', () => confirm(expel, ({ reason }) => act('DELETE', withReason(peerPath(peer), reason))), {
      class: 'danger',
    }),
    ...bans.map(({ name, ...ban }) => button(`Ban the ${name} …`, () => askBan(name, ban), { class: 'danger' })),
  ];
}

/** ADM4. */
function askBan(name: string, ban: { readonly what: string; readonly value: string }): void {
  const effect = 'Open connections of the client are closed, and new ones are refused until the ban ends.';
  confirm({ title: `Ban the ${name} ${ban.value}`, effect, hasEnd: true }, ({ reason, until }) =>
    act('POST', '/api/bans', { ...ban, ...(until === undefined ? {} : { until }), ...(reason === '' ? {} : { reason }) }),
  );
}

interface TraceLine {
  readonly at: string;
  readonly node: string;
  readonly way: 'in' | 'out';
  readonly type: string;
  readonly from?: string;
  readonly to?: string;
  readonly bytes: number;
}

/** ADM6: the frames of the peer as they happen. */
class TraceView {
  readonly root: HTMLElement;
  readonly #peer: Peer;
  readonly #lines = element('pre', { class: 'trace', tabindex: 0, 'aria-label': 'Frames, the latest first' });
  readonly #button = button('Trace frames', () => this.#toggle());
  readonly #note = element('span', { class: 'bad', role: 'status' });
  #events: EventSource | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
    this.#lines.hidden = true;
    this.root = element('div', {}, element('p', {}, this.#button, this.#note), this.#lines);
  }

  stop(): void {
    this.#note.textContent = '';
    this.#events?.close();
    this.#events = undefined;
    this.#button.textContent = 'Trace frames';
  }

  #toggle(): void {
    if (this.#events !== undefined) return this.stop();
    const { realm, id } = this.#peer;
    this.#events = new EventSource(`/api/trace?${new URLSearchParams({ realm, id }).toString()}`);
    this.#events.addEventListener('frame', ({ data }: MessageEvent<string>) => this.#add(JSON.parse(data) as TraceLine));
    this.#events.addEventListener('missing', ({ data }: MessageEvent<string>) => {
      const { nodes } = JSON.parse(data) as { nodes: readonly string[] };
      this.#note.textContent = nodes.length === 0 ? '' : `Without an answer: ${nodes.join(', ')}`;
    });
    // Frames before this event are not traced.
    this.#events.addEventListener('open', () => (this.#button.textContent = 'Stop the trace'));
    this.#lines.hidden = false;
    this.#button.textContent = 'Starting the trace';
  }

  #add({ at, node, way, type, from, to, bytes: size }: TraceLine): void {
    const ends = [from === undefined ? '' : ` from ${from}`, to === undefined ? '' : ` to ${to}`].join('');
    this.#lines.prepend(
      `${clockTime(at)} ${way === 'in' ? 'sent' : 'received'} ${type}${ends}, ${size} B${node === this.#peer.node ? '' : `, at ${node}`}\n`,
    );
    while (this.#lines.childNodes.length > TRACE_LINES) this.#lines.lastChild?.remove();
  }
}
