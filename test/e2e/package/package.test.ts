import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snippet } from '../docs/snippet.ts';
import { InstalledPackage } from './installed-package.ts';

let project: InstalledPackage;

beforeAll(async () => {
  project = await InstalledPackage.create();
});

afterAll(() => project.remove());

const USES = `
  const broker = createBroker({ port: 0, host: '127.0.0.1' });
  broker.listen()
    .then(({ port }) => console.log(port > 0 ? 'listens' : 'does not listen', typeof PeerServer, typeof ExpressPeerServer))
    .then(() => broker.close())
    .then(() => console.log('closed'));
`;

describe('the installed package', () => {
  const expected = { stdout: 'listens function function\nclosed\n', stderr: '' };

  it('can be imported by ES modules', async () => {
    expect(
      await project.output(
        'program.mjs',
        `import { createBroker, ExpressPeerServer, PeerServer } from '@signalbox/broker';${USES}`,
      ),
    ).toEqual(expected);
  });

  it('can be required by CommonJS without a warning', async () => {
    expect(
      await project.output(
        'program.cjs',
        `const { createBroker, ExpressPeerServer, PeerServer } = require('@signalbox/broker');${USES}`,
      ),
    ).toEqual(expected);
  });

  it.each(['mts', 'cts'])('has types for .%s', async (kind) => {
    const file = `typed.${kind}`;
    const text = `
      import { createBroker, PeerServer, type BrokerEvents, type GivenOptions } from '@signalbox/broker';
      const options: GivenOptions = { port: 0, key: 'peerjs' };
      const broker = createBroker(options);
      broker.on('disconnect', (peer, reason) => console.log(peer.id satisfies string, reason === 'lost'));
      PeerServer({ expire_timeout: 1 }).on('message', (client, message) => console.log(client.getId(), message.type));
      export type Message = BrokerEvents['message'];
      // @ts-expect-error a port is a number or its text
      createBroker({ port: {} });
      // @ts-expect-error unknown event
      broker.on('nonsense', () => undefined);
    `;
    expect(await project.typeErrors(file, text)).toBe('');
  });

  it('a program in strict TypeScript implements a port with the types of @signalbox/broker/ports', async () => {
    const text = `
      import { createBroker } from '@signalbox/broker';
      import { copyMessage, NEVER, type Adapters, type MailboxStore, type PeerId, type SignalMessage } from '@signalbox/broker/ports';

      const waiting = new Map<PeerId, SignalMessage[]>();
      const mailboxes: MailboxStore = {
        put(realm, sender, message, now, answer) {
          waiting.set(message.to, [...(waiting.get(message.to) ?? []), copyMessage(message)]);
          answer(now === NEVER ? 'full' : 'held');
        },
        take({ id }, answer) {
          const messages = waiting.get(id) ?? [];
          waiting.delete(id);
          answer(messages, []);
        },
        waiting: (realm, answer) => answer([...waiting.keys()]),
        expire: (now, answer) => answer([]),
        nextDeadline: () => NEVER,
      };
      const adapters: Adapters = { mailboxes };
      const broker = createBroker({ port: 0, host: '127.0.0.1', adapters });
      // @ts-expect-error a store has methods
      createBroker({ adapters: { mailboxes: {} } });
      await broker.listen();
      await broker.close();
    `;
    expect(await project.typeErrors('store.mts', text)).toBe('');
  });

  it('the contract suite runs with node:test, and reports the faults of a store', async () => {
    const text = `
      import test from 'node:test';
      import { MAILBOX_MUTANTS, mailboxContract } from '@signalbox/broker/contracts';
      import { MemoryMailboxStore } from '@signalbox/broker/testing';

      const wrong = MAILBOX_MUTANTS.find(({ fault }) => fault === 'answers twice');
      const make = process.argv[2] === 'wrong' ? wrong.make : (limits) => new MemoryMailboxStore(limits);
      const start = async (limits) => {
        const store = make(limits);
        return { store, usage: async () => store.usage(), dispose: async () => undefined };
      };
      for (const { name, run } of mailboxContract({ start })) test(name, run);
    `;
    await project.write('suite.mjs', text);
    const suite = (...args: string[]) => project.node('--test-reporter=tap', 'suite.mjs', ...args);
    expect((await suite()).stdout).toMatch(/^# pass [2-9]\d\n# fail 0$/m);
    const { stdout } = await suite('wrong');
    expect(stdout).toMatch(/^# fail 1$/m);
    expect(stdout).toContain('not ok 6 - calls each answer once, in the order of the calls');
  });

  it('the durable store of the page passes the contract suite', async () => {
    const page = 'docs/adding-an-adapter.md';
    await project.write('file-store.mjs', snippet(page, 'durable'));
    await project.write('file-store.test.mjs', snippet(page, 'durable-test'));
    const { stdout } = await project.node('--test-reporter=tap', 'file-store.test.mjs');
    expect(stdout).toMatch(/^# pass [3-9]\d\n# fail 0$/m);
  });

  it('a broker in a box runs in the process of a test, without a network', async () => {
    const text = `
      import { pair } from '@signalbox/broker/testing';
      const { ann, bob, house } = pair({ options: { expire_timeout: 3_000 } });
      ann.sendOffer('bob', 'hello');
      bob.cut();
      ann.sendOffer('carol');
      house.advance(5_000);
      console.log(JSON.stringify([bob.received, ann.received]));
    `;
    const received = [{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 'hello' }];
    const { stdout, stderr } = await project.output('box.mjs', text);
    expect({ received: JSON.parse(stdout) as unknown, stderr }).toEqual({
      received: [received, [{ type: 'EXPIRE', src: 'carol', dst: 'ann' }]],
      stderr: '',
    });
  });

  it('contains the conformance suite', async () => {
    expect((await project.signalbox('conform', '--list')).stdout.split('\n').length).toBeGreaterThan(120);
    expect((await project.signalbox('conform-report', '--help')).stdout).toContain('Usage: signalbox conform-report');
  });

  it.each([
    { args: '--cluster redis://127.0.0.1:1', command: 'npm install ioredis@6' },
    { args: '--cluster nats://127.0.0.1:1', command: 'npm install @nats-io/transport-node@3 @nats-io/jetstream@3 @nats-io/kv@3' },
    { args: 'conform --random 1 --url http://127.0.0.1:1', command: 'npm install fast-check@4' },
  ])('names the command that installs an optional package: $args', async ({ args, command }) => {
    const { code, stderr } = await project.signalbox(...args.split(' '));
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toMatch(new RegExp(`^signalbox: .* needs the package \\S+, which is not installed: ${command}\n$`));
  });

  it('has the command signalbox', async () => {
    const { stdout } = await project.signalbox('--version');
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});
