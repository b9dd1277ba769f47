import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledPackage, ROOT } from './installed-package.ts';

let project: InstalledPackage;

beforeAll(async () => {
  project = await InstalledPackage.create();
});

afterAll(() => project.remove());

/** As in a test runner or an older Node, whose `require` loads no ES modules. */
const WITHOUT_ESM = '--no-experimental-require-module';

const ENTRY_POINTS = ['@signalbox/broker', '@signalbox/broker/ports', '@signalbox/broker/contracts', '@signalbox/broker/testing'];

describe('a CommonJS program', () => {
  it('requires the package where require loads no ES modules', async () => {
    const text = `
      const { createBroker, PeerServer } = require('@signalbox/broker');
      const { pair } = require('@signalbox/broker/testing');
      const { ann, bob } = pair();
      ann.sendOffer('bob', 'hello');
      const broker = createBroker({ port: 0, host: '127.0.0.1' });
      broker.listen()
        .then(({ port }) => fetch('http://127.0.0.1:' + port, { headers: { accept: 'text/html' } }))
        .then((answer) => answer.text())
        .then((page) => console.log(bob.received.length, typeof PeerServer, page.includes('<title>')))
        .then(() => broker.close());
    `;
    expect(await project.output('program.cjs', text, WITHOUT_ESM)).toEqual({ stdout: '1 function true\n', stderr: '' });
  });

  it('has the exports of the ES modules, and one state for all entry points', async () => {
    const text = `
      const names = (one) => Object.keys(one).sort().join();
      const same = ${JSON.stringify(ENTRY_POINTS)}.map(async (path) => names(await import(path)) === names(require(path)));
      const { Token, ownerOf } = require('@signalbox/broker/ports');
      const { mailboxContract } = require('@signalbox/broker/contracts');
      const { MemoryMailboxStore } = require('@signalbox/broker/testing');
      const start = async (limits) => {
        const store = new MemoryMailboxStore(limits);
        return { store, usage: async () => store.usage(), dispose: async () => undefined };
      };
      const tests = mailboxContract({ start }).map(({ run }) => run());
      Promise.all([...same, ...tests]).then((all) => console.log(all.filter((one) => one === false).length, tests.length > 20));
    `;
    expect(await project.output('names.cjs', text, WITHOUT_ESM)).toEqual({ stdout: '0 true\n', stderr: '' });
  });

  it('shares the modules of a program that imports the package in the same process', async () => {
    const text = `
      const same = ${JSON.stringify(ENTRY_POINTS)}.map(async (path) => {
        const [imported, required] = [await import(path), require(path)];
        return Object.keys(imported).every((name) => imported[name] === required[name]);
      });
      Promise.all(same).then((all) => console.log(all.join()));
    `;
    expect(await project.output('both.cjs', text)).toEqual({ stdout: 'true,true,true,true\n', stderr: '' });
  });

  it('has types for strict TypeScript with the module system node16', async () => {
    const text = `
      import { createBroker, PeerServer } from '@signalbox/broker';
      import contracts = require('@signalbox/broker/contracts');
      import type { MailboxStore } from '@signalbox/broker/ports';
      import { MemoryMailboxStore, pair } from '@signalbox/broker/testing';
      const store: MailboxStore = new MemoryMailboxStore({} as never);
      createBroker({ port: 0, adapters: { mailboxes: store } }).on('disconnect', (peer) => peer.id satisfies string);
      PeerServer({ port: 0 }, (server) => server.close());
      pair().ann.sendOffer('bob');
      contracts.clockContract satisfies Function;
      // @ts-expect-error a port is a number or its text
      createBroker({ port: {} });
    `;
    expect(await project.typeErrors('typed.cts', text, 'node16')).toBe('');
  });
});

describe('package.json', () => {
  it('has no fault that publint knows', async () => {
    const { messages } = await publint({ pkgDir: project.path('node_modules/@signalbox/broker'), strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  it('has the right types for each module system, as attw judges them', async () => {
    const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const { stdout } = await project.node(attw, project.tarball, '--format', 'json', '--no-definitely-typed');
    const { analysis } = JSON.parse(stdout) as { analysis: { entrypoints: object; problems: unknown[] } };
    expect(Object.keys(analysis.entrypoints)).toHaveLength(5);
    expect(analysis.problems).toEqual([]);
  });
});
