import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledPackage, ROOT } from './installed-package.ts';

/* Adapters of a program that has the package alone: a store, a transport and a dialect, for each module system. */

let project: InstalledPackage;

beforeAll(async () => {
  project = await InstalledPackage.create('fast-check');
});

afterAll(() => project.remove());

const PROGRAM = `
import { createBroker } from '@signalbox/broker';
import { dialectContract } from '@signalbox/broker/contracts';
import { copyMessage, NEVER } from '@signalbox/broker/ports';
import type { ConnectionId, Gateway, ListeningAddress, MailboxStore, PeerId, SignalMessage, Socket, Transport } from '@signalbox/broker/ports';
import { LinesDialect } from './dialect.js';

const waiting = new Map<PeerId, SignalMessage[]>();

const mailboxes: MailboxStore = {
  put(realm, sender, message, now, answer) {
    waiting.set(message.to, [...(waiting.get(message.to) ?? []), copyMessage(message)]);
    answer('held');
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

class CallTransport implements Transport {
  readonly name = 'calls';
  readonly #open = new Set<ConnectionId>();
  #gateway: Gateway | undefined;

  async listen(gateway: Gateway): Promise<ListeningAddress> {
    this.#gateway = gateway;
    return { host: 'calls', port: 1, secure: false };
  }

  refuseNew(): void {}

  reloadCertificate(): void {}

  async stop(): Promise<void> {
    for (const id of this.#open) this.#end(id);
  }

  connect(path: string, query: string): { readonly received: string[]; send(text: string): void } {
    const gateway = this.#gateway as Gateway;
    const answer = gateway.upgrade({ method: 'GET', path, query, remoteAddress: '192.0.2.1', header: () => undefined });
    if (!answer.accept) throw new Error(String(answer.response.status));
    const received: string[] = [];
    const end = (): void => queueMicrotask(() => this.#end(id));
    const socket: Socket = {
      write: (text) => (received.push(Buffer.from(text).toString()), 'sent'),
      ping: () => undefined,
      close: end,
      terminate: end,
      pause: () => undefined,
      resume: () => undefined,
    };
    const id: ConnectionId = gateway.opened(socket, answer);
    this.#open.add(id);
    return { received, send: (text) => gateway.frame(id, Buffer.from(text), false) };
  }

  #end(id: ConnectionId): void {
    if (this.#open.delete(id)) this.#gateway?.closed(id, { by: 'broker', code: 1000 });
  }
}

async function main(): Promise<void> {
  const transport = new CallTransport();
  const broker = createBroker({ adapters: { mailboxes, transport, dialects: [new LinesDialect('/lines')] } });
  await broker.listen();
  const ann = transport.connect('/peerjs', 'key=peerjs&id=ann&token=a');
  ann.send('{"type":"OFFER","dst":"bob","payload":"hello"}');
  const held = [...waiting.keys()];
  const bob = transport.connect('/peerjs', 'key=peerjs&id=bob&token=b');
  const reader = transport.connect('/lines', '');
  reader.send('+garden');
  transport.connect('/lines', '').send('garden It rains');
  await new Promise((resolve) => setImmediate(resolve));
  const subject = { make: () => new LinesDialect('/lines'), readsBack: [], paths: ['/lines'], queries: ['topic=a'], frames: ['+a'] };
  for (const { run } of dialectContract('lines', subject)) await run();
  await broker.close();
  console.log(JSON.stringify({ held, bob: bob.received.at(-1), reader: reader.received.includes('garden It rains\\n') }));
}

void main();
`;

const EXPECTED = JSON.stringify({
  held: ['bob'],
  bob: '{"type":"OFFER","src":"ann","dst":"bob","payload":"hello"}',
  reader: true,
});

/** Writes the program and the dialect of the examples, with the imports of a program. @returns the files. */
async function writeProgram(folder: string, type: 'module' | 'commonjs'): Promise<string> {
  await project.write(`${folder}/package.json`, JSON.stringify({ type }));
  const example = join(ROOT, 'examples/lines-dialect');
  for (const name of (await readdir(example)).filter((file) => file.endsWith('.ts'))) {
    const text = await readFile(join(example, name), 'utf8');
    const imported = text
      .replaceAll(/'\.\.\/\.\.\/src\/[^']+'/g, "'@signalbox/broker/ports'")
      .replaceAll(/'(\.\/[^']+)\.ts'/g, "'$1.js'");
    await project.write(`${folder}/${name}`, imported);
  }
  await project.write(`${folder}/program.ts`, PROGRAM);
  return `${folder}/program.ts`;
}

describe('a store, a transport and a dialect of a program', () => {
  it.each([
    { system: 'ES modules', type: 'module', flags: [] },
    { system: 'CommonJS', type: 'commonjs', flags: ['--no-experimental-require-module'] },
  ] as const)('compile in strict TypeScript, and run as plain JavaScript: $system', async ({ type, flags }) => {
    const file = await writeProgram(type, type);
    expect(await project.compile(file)).toBe('');
    const { stdout, stderr } = await project.node(...flags, file.replace('.ts', '.js'));
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: EXPECTED, stderr: '' });
  });
});

it('a plugin of the command line has the classes of the broker', async () => {
  const text = `
    import { ListenError } from '@signalbox/broker/ports';
    const listen = () => Promise.reject(new ListenError({ reason: 'port-forbidden', host: 'h', port: 1 }, 'not here'));
    const nothing = () => undefined;
    export default { transport: { name: 'none', listen, refuseNew: nothing, reloadCertificate: nothing, stop: async () => {} } };
  `;
  await project.write('plugin.mjs', text);
  expect(await project.signalbox('--plugin', 'plugin.mjs')).toMatchObject({ code: 1, stderr: 'signalbox: not here\n' });
});
