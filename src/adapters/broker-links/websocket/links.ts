import type {
  BrokerLink,
  BrokerLinks,
  LinkInvitation,
  LinkItem,
  LinkListener,
  LinkRole,
} from '../../../application/ports/broker-links.ts';
import type { Clock, Wakeup } from '../../../application/ports/clock.ts';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { Socket } from '../../../application/ports/socket.ts';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { nodeId, type NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { WebSocketClient } from './client.ts';
import { LinkGateway, type LinkConnection } from './gateway.ts';
import { decodeItem, encodeItem, parseFields } from './items.ts';
import { isProof, proofOf, randomText, type LinkParties } from './proofs.ts';

const LINK_PATH = '/signalbox/link';
/** Of the handshake and of the items. */
const VERSION = 1;
/** Time for both proofs. */
const HELLO_TIMEOUT_MS: Millis = 2_000;
/** Links that have not proved that they know the key. */
const MAX_STRANGERS = 64;
const MAX_LINKS = 1_000;
const [GOING_AWAY, POLICY_VIOLATION] = [1001, 1008];
const MAX_NAME_LENGTH = 512;

/** How a link sends and ends. */
interface Wire {
  readonly send: (bytes: Uint8Array) => void;
  readonly end: () => void;
}

class Link implements BrokerLink {
  readonly node: NodeId;
  readonly #wire: Wire;
  hasEnded = false;

  constructor(node: NodeId, wire: Wire) {
    this.node = node;
    this.#wire = wire;
  }

  send(item: LinkItem): void {
    if (!this.hasEnded) this.#wire.send(encodeItem(item));
  }

  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#wire.end();
  }
}

/**
 * Links over WebSockets. The receiver connects to the HTTP port of the sender. Both prove that they know the key of the sender's
 * invitation, with fresh random texts, so that no proof can be used again.
 */
export class WebSocketLinks implements BrokerLinks {
  readonly invitation: LinkInvitation;
  readonly #clock: Clock;
  #node = nodeId('none');
  #listener: LinkListener | undefined;
  readonly #links = new Set<Link>();
  readonly #clients = new Set<WebSocketClient>();
  readonly #dialled = new Set<NodeId>();
  /** Connections of others that have not proved that they know the key. */
  #strangers = 0;
  #isClosed = false;

  /** @param url at which other nodes reach this one: `http:` or `https:`, a host and a port. */
  constructor(url: string, clock: Clock) {
    this.invitation = { url, key: randomText() };
    this.#clock = clock;
  }

  /** The transport, with links on its port. */
  over(inner: Transport): Transport {
    return {
      get name() {
        return inner.name;
      },
      listen: (gateway): Promise<ListeningAddress> => inner.listen(this.gateway(gateway)),
      refuseNew: () => inner.refuseNew(),
      reloadCertificate: () => inner.reloadCertificate(),
      stop: () => inner.stop(),
    };
  }

  gateway(inner: Gateway): Gateway {
    return new LinkGateway({
      ...{ inner, path: LINK_PATH },
      refusalOf: (request) => this.#refusalOf(request),
      opened: (socket, query) => this.#accepted(socket, query),
      abandoned: () => (this.#strangers -= 1),
    });
  }

  listen(node: NodeId, listener: LinkListener): void {
    this.#node = node;
    this.#listener = listener;
  }

  dial(node: NodeId, { url: text, key }: LinkInvitation): void {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return;
    if (this.#isClosed || this.#dialled.has(node) || this.#dialled.size >= MAX_LINKS) return;
    this.#dialled.add(node);
    const receiverNonce = randomText();
    const query = new URLSearchParams({ v: String(VERSION), node: this.#node, nonce: receiverNonce }).toString();
    let link: Link | undefined;
    const client = new WebSocketClient(url, `${LINK_PATH}?${query}`, {
      opened: () => undefined,
      message: (bytes) => {
        if (link !== undefined) return this.#received(link, bytes, () => client.destroy());
        const { node: name, nonce, proof } = parseFields(bytes);
        const parties = { sender: node, receiver: this.#node, senderNonce: String(nonce), receiverNonce };
        if (name !== node || !isProof(proof, proofOf('sender', key, parties))) return client.destroy();
        timeout.cancel();
        client.send(Buffer.from(JSON.stringify({ proof: proofOf('receiver', key, parties) })));
        link = this.#opened(node, 'receiver', { send: (item) => client.send(item), end: () => client.end() });
      },
      ended: () => {
        timeout.cancel();
        this.#clients.delete(client);
        this.#dialled.delete(node);
        if (link !== undefined) this.#ended(link);
      },
    });
    this.#clients.add(client);
    const timeout = this.#clock.wakeAt(this.#clock.now() + HELLO_TIMEOUT_MS, () => client.destroy());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const link of this.#links) link.end();
    for (const client of this.#clients) client.end();
  }

  #refusalOf({ query }: HttpRequest): HttpResponse | undefined {
    const { version, receiver, receiverNonce } = requestIn(query);
    if (this.#isClosed || this.#listener === undefined) return plain(503, 'Server is restarting');
    if (version !== VERSION) return plain(400, `Links of this broker have version ${VERSION}`);
    const isValid = isName(receiver) && isName(receiverNonce);
    if (!isValid) return plain(400, 'The query needs node and nonce');
    if (this.#strangers >= MAX_STRANGERS || this.#links.size >= MAX_LINKS) return plain(503, 'Too many links');
    // Until the connection is opened or abandoned, and then until the proof.
    this.#strangers += 1;
    return undefined;
  }

  #accepted(socket: Socket, query: string): LinkConnection {
    const { receiver, receiverNonce } = requestIn(query);
    const parties: LinkParties = { sender: this.#node, receiver, receiverNonce, senderNonce: randomText() };
    const { key } = this.invitation;
    let link: Link | undefined;
    let isStranger = true;
    const known = (): void => {
      timeout.cancel();
      if (isStranger) this.#strangers -= 1;
      isStranger = false;
    };
    const timeout: Wakeup = this.#clock.wakeAt(this.#clock.now() + HELLO_TIMEOUT_MS, () =>
      socket.close(POLICY_VIOLATION, 'no proof in time'),
    );
    const hello = { v: VERSION, node: this.#node, nonce: parties.senderNonce, proof: proofOf('sender', key, parties) };
    socket.write(Buffer.from(JSON.stringify(hello)));
    return {
      frame: (bytes) => {
        if (link !== undefined) return this.#received(link, bytes, () => socket.close(POLICY_VIOLATION, 'unknown item'));
        if (!isStranger) return;
        known();
        const { proof } = parseFields(bytes);
        if (!isProof(proof, proofOf('receiver', key, parties))) return socket.close(POLICY_VIOLATION, 'wrong proof');
        const end = (): void => socket.close(GOING_AWAY, 'link ended');
        link = this.#opened(receiver, 'sender', { send: (item) => void socket.write(item), end });
      },
      closed: () => {
        known();
        if (link !== undefined) this.#ended(link);
      },
    };
  }

  #opened(node: NodeId, role: LinkRole, wire: Wire): Link {
    const link = new Link(node, wire);
    this.#links.add(link);
    this.#listener?.opened(link, role);
    return link;
  }

  #received(link: Link, bytes: Uint8Array, fail: () => void): void {
    const item = decodeItem(bytes);
    if (item === undefined) return fail();
    if (this.#links.has(link)) this.#listener?.received(link, item);
  }

  #ended(link: Link): void {
    link.hasEnded = true;
    if (this.#links.delete(link)) this.#listener?.ended(link);
  }
}

/** The parts of the query of a link. */
function requestIn(query: string): { version: number; receiver: NodeId; receiverNonce: string } {
  const fields = new URLSearchParams(query);
  const receiver = nodeId(fields.get('node') ?? '');
  return { version: Number(fields.get('v')), receiver, receiverNonce: fields.get('nonce') ?? '' };
}

function isName(text: string): boolean {
  return text.length > 0 && text.length <= MAX_NAME_LENGTH;
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: [['content-type', 'text/plain; charset=utf-8']], body };
}
