import { JetStreamApiError } from '@nats-io/jetstream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import { createNatsEngine, followConnection } from '../../../../../src/adapters/engines/nats/engine.ts';
import { BUCKET_HISTORY } from '../../../../../src/adapters/engines/nats/known-claim.ts';
import { SilentLog } from '../../../../../src/adapters/logs/silent.ts';
import type { MailboxPeer } from '../../../../../src/application/ports/mailbox-store.ts';
import { ROOMY, mailboxOwner } from '../../../../../src/contracts/mailboxes/fixture.ts';
import { nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';
import type { SignalMessage } from '../../../../../src/domain/message.ts';
import { Token } from '../../../../../src/domain/token.ts';
import { NodeProcess } from '../../../../property/cluster/node-process.ts';
import { SimulatedNatsConnection } from '../../../../property/cluster/simulated-nats-connection.ts';
import { SimulatedStream } from '../../../../property/cluster/simulated-stream.ts';

const REALM = realmKey('peerjs');
const NODE = nodeId('here');
const [ANN, BOB] = ['ann', 'bob'] as [PeerId, PeerId];
const ANNS_TOKEN = new Token("ann's token");
const SETTINGS = { ...ROOMY, lease: 3_000, concurrentLimit: 0, node: NODE, realms: [REALM] };
const bob: MailboxPeer = mailboxOwner(REALM, BOB);

/** One node with the NATS adapters, on a simulated NATS. */
async function startNode() {
  const clock = new ManualClock();
  const process = new NodeProcess(clock, 0);
  const newStream = (name: string) => new SimulatedStream(name, () => clock.now(), { history: BUCKET_HISTORY, last: 0 });
  let stream = newStream('stream');
  const connection = new SimulatedNatsConnection({ clock, process, stream: () => stream, notifyAll: () => connection.notify() });
  const engine = createNatsEngine(connection.client, SETTINGS, new SilentLog(), { sleep: () => Promise.resolve() });
  const pass = async (span = 500): Promise<void> => {
    for (let n = 0; n < span / 10; n++) {
      clock.advance(10);
      await turn();
    }
  };
  const put = async (payload: string): Promise<void> => {
    const message: SignalMessage = { kind: 'offer', from: ANN, to: BOB, payload: Buffer.from(payload), owner: ANNS_TOKEN };
    const outcome = new Promise((resolve) => engine.mailboxes.put(REALM, undefined, message, clock.now(), resolve));
    await pass();
    expect(await outcome).toBe('held');
  };
  const take = async (isWanted = () => true): Promise<string[]> => {
    const taken = new Promise<readonly SignalMessage[]>((resolve) => engine.mailboxes.take(bob, resolve, clock.now(), isWanted));
    await pass();
    return (await taken).map(({ payload }) => Buffer.from(payload ?? '').toString());
  };
  const expire = async (): Promise<readonly object[]> => {
    const expired = new Promise<readonly object[]>((resolve) => engine.mailboxes.expire(clock.now(), resolve));
    await pass();
    return expired;
  };
  void engine.open();
  void followConnection(connection.client, engine, new SilentLog());
  await pass();
  /** The server restarts, and forgets its data. */
  const forget = (): SimulatedStream => (stream = newStream('next stream'));
  return { clock, connection, stream, engine, pass, put, take, expire, forget };
}

it('M14: reports a message as expired whose payload is deleted when its mailbox is collected', async () => {
  const { clock, stream, engine, put, take, expire } = await startNode();
  for (const payload of ['first', 'second', 'third']) await put(payload);
  const batches = stream.after(0).filter(({ key }) => key.startsWith('bag.'));
  for (const { revision } of batches.slice(0, 2)) stream.delete(revision);
  expect(await take()).toEqual(['third']);
  expect(engine.mailboxes.nextDeadline()).toBeLessThanOrEqual(clock.now());
  const expired = await expire();
  expect(expired).toEqual([{ realm: REALM, from: ANN, to: BOB, owner: expect.anything() as unknown }]);
  expect([await take(), await expire()]).toEqual([[], []]);
});

it('O11: collects no message for a connection that ended while the collection waited', async () => {
  const { put, take } = await startNode();
  await put('first');
  expect([await take(() => false), await take()]).toEqual([[], ['first']]);
});

it('O11: repeats a request for a payload whose connection is lost, instead of waiting for its timeout', async () => {
  const { clock, connection, engine, pass, put } = await startNode();
  await put('first');
  const taken: (string | undefined)[] = [];
  const start = clock.now();
  engine.mailboxes.take(bob, (messages) => taken.push(...messages.map(({ payload }) => Buffer.from(payload ?? '').toString())));
  await turn();
  connection.cut();
  connection.restore();
  while (taken.length === 0 && clock.now() < start + 10_000) await pass(10);
  expect([taken, clock.now() - start < 1_000]).toEqual([['first'], true]);
});

it('O11: removes nothing from a new stream by a position of the lost one', async () => {
  const { connection, engine, pass, put, forget } = await startNode();
  await put('first');
  const taken = new Promise<readonly SignalMessage[]>((resolve) => engine.mailboxes.take(bob, resolve));
  await turn();
  connection.cut();
  const stream = forget();
  connection.restore();
  await pass();
  expect([await taken, stream.after(0).filter(({ key }) => key.startsWith('taken.'))]).toEqual([[], []]);
});

it('M17: reports neither a complete collection nor the node of a peer while NATS rejects entries', async () => {
  const { connection, engine, pass, put, take, clock } = await startNode();
  await put('first');
  const claim = { ...bob, token: ANNS_TOKEN };
  engine.directory.claim(claim, () => undefined);
  await pass();
  const { js } = connection.client.kvm;
  const { publish } = js;
  const full = new JetStreamApiError({ code: 503, err_code: 10_077, description: 'maximum bytes exceeded' });
  Object.assign(js, { publish: () => Promise.reject(full) });
  const answers: unknown[] = [];
  engine.mailboxes.take(bob, (messages, _unread, state) => answers.push(messages.length, state), clock.now());
  engine.directory.locate(REALM, BOB, (node) => answers.push(node));
  await pass();
  expect(answers).toEqual([0, undefined, undefined]);
  Object.assign(js, { publish });
  engine.directory.locate(REALM, BOB, (node) => answers.push(node));
  expect(await take()).toEqual(['first']);
  expect(answers.at(-1)).toBe(bob.realm.node);
});
