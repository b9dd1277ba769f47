import { beforeEach, describe, expect, it } from 'vitest';
import { WebSocketLinks } from '../../../../../src/adapters/broker-links/websocket/links.ts';
import { proofOf } from '../../../../../src/adapters/broker-links/websocket/proofs.ts';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import type { BrokerLink, LinkItem } from '../../../../../src/application/ports/broker-links.ts';
import type { HttpRequest } from '../../../../../src/application/ports/http.ts';
import type { Admission, ConnectionEnd, Gateway } from '../../../../../src/application/ports/transport.ts';
import { nodeId, type ConnectionId } from '../../../../../src/domain/ids.ts';

const [HERE, THERE] = [nodeId('here'), nodeId('there')];
const QUERY = 'v=1&node=there&nonce=abc';
const CUT: ConnectionEnd = { by: 'network', code: 1006 };

let clock: ManualClock;
let links: WebSocketLinks;
let gateway: Gateway;
let opened: BrokerLink[];
let items: LinkItem[];
let ended: number;
/** The calls that reached the gateway of the broker. */
let passed: string[];

beforeEach(() => {
  clock = new ManualClock();
  links = new WebSocketLinks('http://localhost:9000', clock);
  passed = [];
  [opened, items, ended] = [[], [], 0];
  const record =
    (name: string, result?: unknown) =>
    (...details: readonly unknown[]): unknown => {
      passed.push([name, ...details.filter((detail) => typeof detail === 'number')].join(' '));
      return result;
    };
  const inner = { upgrade: record('upgrade', { accept: false }), opened: record('opened', 7), frame: record('frame') };
  gateway = links.gateway({ ...inner, closed: record('closed'), unsent: record('unsent') } as unknown as Gateway);
  links.listen(HERE, {
    opened: (link) => void opened.push(link),
    received: (_, item) => void items.push(item),
    ended: () => (ended += 1),
  });
});

function upgrade(query = QUERY, path = '/signalbox/link'): ReturnType<Gateway['upgrade']> {
  return gateway.upgrade({ method: 'GET', path, query, remoteAddress: '192.0.2.1' } as HttpRequest);
}

/** A connection that was accepted, with its calls. */
function connect(): { id: ConnectionId; written: string[]; closed: number[]; proof: (key: string) => Uint8Array } {
  const [written, closed]: [string[], number[]] = [[], []];
  const socket = {
    write: (bytes: Uint8Array) => written.push(Buffer.from(bytes).toString()),
    close: (code: number) => closed.push(code),
  };
  const id = gateway.opened(socket as never, upgrade() as Admission);
  const { nonce: senderNonce } = JSON.parse(written[0] ?? '') as { nonce: string };
  const parties = { sender: HERE, receiver: THERE, receiverNonce: 'abc', senderNonce };
  const proof = (key: string): Uint8Array => Buffer.from(JSON.stringify({ proof: proofOf('receiver', key, parties) }));
  return { id, written, closed, proof };
}

describe('links over WebSockets', () => {
  it('open for a node that proves that it knows the key, and not for others', () => {
    const [known, stranger] = [connect(), connect()];
    gateway.frame(known.id, known.proof(links.invitation.key), true);
    gateway.frame(stranger.id, stranger.proof('another key'), true);
    expect([opened.map(({ node }) => node), known.closed, stranger.closed]).toEqual([[THERE], [], [1008]]);
    gateway.frame(known.id, Uint8Array.of(8), true);
    expect(items).toEqual([{ type: 'ping' }]);
    for (const { id } of [known, stranger]) gateway.closed(id, CUT);
    expect(ended).toBe(1);
  });

  it('do not accept the proof of another connection', () => {
    const [one, other] = [connect(), connect()];
    gateway.frame(other.id, one.proof(links.invitation.key), true);
    expect([opened, other.closed]).toEqual([[], [1008]]);
  });

  it('close a connection without a proof after two seconds, and one with an unknown item', () => {
    const [silent, known] = [connect(), connect()];
    gateway.frame(known.id, known.proof(links.invitation.key), true);
    clock.advance(2_000);
    expect([silent.closed, known.closed]).toEqual([[1008], []]);
    gateway.frame(known.id, Uint8Array.of(99), true);
    expect([known.closed, items]).toEqual([[1008], []]);
  });

  it('refuse a request of another form or version, and more than 64 connections without a proof', () => {
    for (const query of ['', 'v=2&node=a&nonce=b', 'v=1&node=a', 'v=1&nonce=b', `v=1&nonce=b&node=${'a'.repeat(600)}`]) {
      expect(upgrade(query)).toMatchObject({ accept: false, response: { status: 400 } });
    }
    const all = Array.from({ length: 64 }, connect);
    expect(upgrade()).toMatchObject({ accept: false, response: { status: 503 } });
    gateway.closed(all[0]?.id as ConnectionId, CUT);
    expect(upgrade()).toMatchObject({ accept: true });
  });

  it('leave all other connections to the broker', () => {
    const { id } = connect();
    expect(id).toBeLessThan(0);
    expect(upgrade('', '/peerjs')).toEqual({ accept: false });
    expect(gateway.opened({} as never, { accept: true, dialect: 'peerjs' } as Admission)).toBe(7);
    gateway.frame(7 as ConnectionId, new Uint8Array(1), false);
    gateway.unsent(7 as ConnectionId, {} as never);
    gateway.closed(7 as ConnectionId, CUT);
    gateway.closed(id, CUT);
    expect(passed).toEqual(['upgrade', 'opened', 'frame 7', 'unsent 7', 'closed 7']);
  });

  it('dial no URL of another scheme', () => {
    for (const url of ['redis://localhost', 'nonsense', 'file:///etc/passwd']) links.dial(THERE, { url, key: 'key' });
    expect(clock.nextWakeup()).toBe(Number.POSITIVE_INFINITY);
  });
});
