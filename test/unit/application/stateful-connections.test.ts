import { describe, expect, it, vi } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import { MemorySocket } from '../../../src/adapters/transports/memory/socket.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import { MemoryAccount } from '../../../src/domain/memory-account.ts';
import { CounterDialect } from '../../support/counter-dialect.ts';
import { SlowAuthorizer } from '../../support/slow-authorizer.ts';
import { TestBroker } from '../../support/test-broker.ts';

type Setup = ConstructorParameters<typeof TestBroker>;

function start(config: Setup[0] = {}, surroundings: object = {}, refusesRequests = true): TestBroker {
  return new TestBroker(config, { moreDialects: [new CounterDialect(refusesRequests)], ...surroundings });
}

const connect = (broker: TestBroker, query = ''): MemoryClient => broker.transport.connect({ path: '/counter', query });

/** All bytes that the client received, as lines. */
function linesOf({ received }: MemoryClient): string[] {
  const bytes = received.map((frame) => Buffer.from(frame.replace('[binary] ', ''), 'hex').toString());
  return bytes.join('').split('\n').slice(0, -1);
}

const send = (client: MemoryClient, ...frames: readonly string[]): void => {
  for (const frame of frames) client.send(Buffer.from(frame));
};

describe('a connection of a stateful dialect', () => {
  it('W1: takes several requests from one frame, and one request from several frames', () => {
    const client = connect(start());
    send(client, 'HI\n+a\n?\na one\na t', '', 'w', 'o\n', '?\n');
    expect(linesOf(client)).toEqual(['hi fresh', 'ok 1', '2', 'a one', 'ok 3', 'a two', 'ok 4', '5']);
  });

  it('M23: reading requests counts against the turn, each of them', () => {
    const units: number[] = [];
    const wire = MemorySocket.prototype as { spend?: (units: number) => void };
    wire.spend = (spent) => void units.push(spent);
    const client = connect(start());
    send(client, 'HI\n?\n', '?\n', '?\n'.repeat(251));
    delete wire.spend;
    expect(units).toEqual([8, 4, 1_004]);
  });

  it('M23, B1: requests that wait for a later turn keep their bytes, count as memory, and end with the connection', () => {
    const wait = vi.spyOn(MemorySocket.prototype, 'mayContinue').mockReturnValue(false);
    const memory = vi.spyOn(MemoryAccount.prototype, 'set');
    const broker = start();
    const client = connect(broker);
    send(client, 'HI\n', '+a\na one\na two\n');
    const kept = Math.max(...memory.mock.calls.filter(([part]) => part === 'rest').map(([, bytes]) => bytes));
    expect([linesOf(client), kept]).toEqual([['hi fresh', 'ok 1'], 15 + 2 * 280]);
    client.cut();
    expect(memory.mock.calls.findLast(([part]) => part === 'rest')?.[1]).toBe(kept);
    wait.mockRestore();
    memory.mockRestore();
    const other = connect(broker);
    send(other, 'HI\n', '+a\na one\na two\n');
    expect(linesOf(other)).toEqual(['hi fresh', 'ok 1', 'a one', 'ok 2', 'a two', 'ok 3']);
  });

  it('W2: reads each connection by its own state', () => {
    const broker = start();
    const [one, two] = [connect(broker), connect(broker)];
    send(one, 'HI\n?\n?\n');
    send(two, 'HI\n?\n');
    expect([linesOf(one).slice(1), linesOf(two).slice(1)]).toEqual([['1', '2'], ['1']]);
  });

  it('W4: keeps the place of an answer among the other answers and the publications', () => {
    const broker = start();
    const client = connect(broker);
    send(client, 'HI\n+a\n?\na x\n?\n');
    expect(linesOf(client).slice(1)).toEqual(['ok 1', '2', 'a x', 'ok 3', '4']);
  });

  it('W5: refuses one request, and the connection stays open', () => {
    const client = connect(start({ topicLength: 5, topicsPerConnection: 2 }));
    send(client, 'HI\n+tooLong\n+a\n+b\n+c\ntooLong x\n?\n');
    expect(linesOf(client).slice(1)).toEqual([
      ...['no 1 topic-unusable', 'ok 2', 'ok 3', 'no 4 too-many-topics', 'no 5 topic-unusable', '6'],
    ]);
    expect(client.state).toBe('open');
  });

  it('T5: closes a connection with too many topics if its dialect has no refusal of one request', () => {
    const client = connect(start({ topicsPerConnection: 1 }, {}, false));
    send(client, 'HI\n+a\n+b\n');
    expect(client.closed).toMatchObject({ why: 'overreaching' });
  });

  it('W1: closes at once for bytes after which nothing can be read, and skips what follows', () => {
    const client = connect(start());
    send(client, 'HI\n+a\n!\na x\n');
    expect(linesOf(client)).toEqual(['hi fresh', 'ok 1']);
    expect(client.closed).toMatchObject({ code: 1002 });
  });

  it('M10: tolerates single malformed requests', () => {
    const client = connect(start());
    send(client, 'HI\nx\n?\n');
    expect(linesOf(client)).toEqual(['hi fresh', '2']);
  });

  it('W1: keeps at most max_message_bytes of an incomplete request', () => {
    const client = connect(start({ maxMessageBytes: 20 }));
    send(client, 'HI\n', '0123456789', '0123456789');
    expect(client.state).toBe('open');
    send(client, '0');
    expect(client.closed).toMatchObject({ why: 'malformed' });
  });

  it('W6: sends binary frames', () => {
    const client = connect(start());
    send(client, 'HI\n');
    expect(client.received).toEqual([`[binary] ${Buffer.from('hi fresh\n').toString('hex')}`]);
  });
});

describe('the receipt of a publication', () => {
  it('T14: says that no connection is subscribed to the topic, by name or by pattern', () => {
    const broker = start();
    const [ann, bob] = [connect(broker), connect(broker)];
    send(ann, 'HI\n', 'ab x\n');
    send(bob, 'HI\n', '+a\n~b\n');
    for (const topic of ['a', 'b', 'bc', 'c']) send(ann, `${topic} x\n`);
    expect(linesOf(ann).slice(1)).toEqual(['ok 1 unheard', 'ok 2', 'ok 3', 'ok 4', 'ok 5 unheard']);
    expect(linesOf(bob).slice(3)).toEqual(['a x', 'b x', 'bc x']);
  });

  it('T14: says nothing while matching takes longer than one turn', () => {
    const broker = start({ topicLength: 20_000, topicsPerConnection: 30, maxMessageBytes: 30_000 });
    const [ann, bob] = [connect(broker), connect(broker)];
    send(ann, 'HI\n');
    send(bob, 'HI\n');
    for (let n = 0; n < 20; n++) send(bob, `~${n}${'x'.repeat(15_000)}\n`);
    send(ann, 'z x\n');
    broker.advance(10);
    expect(linesOf(ann).slice(1)).toEqual(['ok 1']);
  });

  it('T14: says nothing in a cluster, where other nodes may have subscribers', () => {
    const [node, clock, line] = [nodeId('one'), new ManualClock(), new MemoryBusNetwork()];
    const directory = new MemoryPeerDirectory(clock, 60_000, () => undefined);
    const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, notify: () => undefined });
    const records = new MemoryClusterRecords(clock, () => [node]);
    const ann = connect(start({}, { clock, engine: { node, directory, mailboxes, bus: line.busOf(node), records } }));
    send(ann, 'HI\n', 'a x\n');
    expect(linesOf(ann).slice(1)).toEqual(['ok 1']);
  });
});

describe('the first frame of a newcomer', () => {
  it('W3: may come from the broker', () => {
    const dialect = new CounterDialect(true, Buffer.from('welcome\n'));
    const client = connect(new TestBroker({}, { moreDialects: [dialect] }));
    expect(linesOf(client)).toEqual(['welcome']);
  });
});

describe('the allowance of a stateful connection', () => {
  it('W8: each request takes one token, however many share a frame', () => {
    const broker = start({ messageBurst: 10, messagesPerSecond: 1, onFlood: 'close' });
    const client = connect(broker);
    send(client, 'HI\n', '?\n'.repeat(10));
    expect(client.state).toBe('open');
    send(client, '?\n');
    expect(client.closed).toMatchObject({ why: 'flooding' });
    expect(linesOf(client)).toHaveLength(11);
  });

  it('W8: a frame that completes no request takes a sixteenth of a token', () => {
    const broker = start({ messageBurst: 10, messagesPerSecond: 1, onFlood: 'close' });
    const client = connect(broker);
    send(client, 'HI\n', ...new Array<string>(160 - 16).fill('x'));
    expect(client.state).toBe('open');
    send(client, ...new Array<string>(17).fill('x'));
    expect(client.closed).toMatchObject({ why: 'flooding' });
  });
});

describe('an introduction', () => {
  it('W3: gives the token to the authorizer, and keeps the requests behind it until the client is admitted', () => {
    const authorizer = new SlowAuthorizer();
    const client = connect(start({}, { authorizer }));
    send(client, 'H', 'I secr', 'et\n+a\na o', 'ne\n');
    expect(authorizer.tokens).toEqual(['secret']);
    expect(client.received).toEqual([]);
    authorizer.answer(true);
    expect(linesOf(client)).toEqual(['hi fresh', 'ok 1', 'a one', 'ok 2']);
  });

  it('W3: a refused client receives the refusal, and its requests have no effect', () => {
    const authorizer = new SlowAuthorizer();
    const broker = start({}, { authorizer });
    const client = connect(broker);
    send(client, 'HI secret\n+a\na one\n');
    authorizer.answer(false);
    expect(linesOf(client)).toEqual(['refused token-missing']);
    expect(client.closed).toMatchObject({ code: 3500 });
  });

  it('W3: uses the key of the URL', () => {
    const broker = start();
    const client = connect(broker, 'key=unknown');
    send(client, 'HI\n');
    expect(linesOf(client)).toEqual(['refused key-unknown']);
  });

  it('W3: a client that does not introduce itself within 10 s is closed', () => {
    const broker = start();
    const client = connect(broker);
    send(client, 'H');
    broker.advance(9_999);
    expect(client.state).toBe('open');
    broker.advance(1);
    expect(client.closed).toMatchObject({ why: 'silent' });
  });

  it('W3: a client that has introduced itself is not closed', () => {
    const broker = start();
    const client = connect(broker);
    send(client, 'HI\n');
    broker.advance(10_000);
    expect(client.state).toBe('open');
  });

  it('W3: a client may send 64 KiB before it introduces itself, in 1,000 frames at most', () => {
    const broker = start();
    const [large, many] = [connect(broker), connect(broker)];
    send(large, 'x'.repeat(65_000));
    expect(large.state).toBe('open');
    send(large, 'x'.repeat(500));
    expect(large.closed).toMatchObject({ why: 'flooding' });
    send(many, ...new Array<string>(1_024).fill(''));
    expect(many.state).toBe('open');
    send(many, '');
    expect(many.closed).toMatchObject({ why: 'flooding' });
  });

  it('W3: a request before the introduction, and a second introduction, are malformed', () => {
    const broker = start();
    const [early, twice] = [connect(broker), connect(broker)];
    send(early, '+a\nHI\n');
    send(twice, 'HI\nHI\n?\n');
    expect([early.closed, twice.closed]).toMatchObject([{ code: 1002 }, { code: 1002 }]);
    expect([linesOf(early), linesOf(twice)]).toEqual([[], ['hi fresh']]);
  });

  it('W3: a client that disconnects before it introduces itself leaves nothing behind', () => {
    const broker = start();
    const client = connect(broker);
    client.cut();
    broker.advance(20_000);
    expect(broker.eventNames).not.toContain('fault');
    expect(broker.eventNames.filter((name) => name === 'connection-closed')).toHaveLength(1);
  });
});
