import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledPackage } from './installed-package.ts';

/** For each kind of adapter, a part of the new adapter and a wrong one in its place. */
export const BROKEN: Readonly<Record<string, readonly [correct: string, wrong: string]>> = {
  mailboxes: ['extends MemoryMailboxStore {}', 'extends MemoryMailboxStore { take(peer, answer) { answer([], []); } }'],
  directory: ['extends MemoryPeerDirectory {}', 'extends MemoryPeerDirectory { release() {} }'],
  bus: [
    'extends MemoryBusNetwork {}',
    'extends MemoryBusNetwork { busOf(node) { return Object.assign(super.busOf(node), { send() {} }); } }',
  ],
  clusterRecords: [
    'extends MemoryClusterRecords {}',
    "extends MemoryClusterRecords { removeBan(id, answer) { answer('done'); } }",
  ],
  transport: ['this.#inner.refuseNew();', ''],
  clock: ['Math.floor(performance.now())', 'performance.now()'],
  log: ["+ '\\n'", ''],
  telemetry: [
    'extends MemoryTelemetry {}',
    'extends MemoryTelemetry { counter(...args) { super.counter(...args).add(); return super.counter(...args); } }',
  ],
  authorizer: ["message: 'Not allowed'", 'message: String(token)'],
  iceServers: ['{ urls: this.#stun }', "{ urls: this.#stun, username: 'x' }"],
  dialects: ['bytes.subarray(end + 1)', 'bytes.fill(0)'],
};

/** @param kinds of adapters. */
export function describeNewAdapters(kinds: readonly string[]): void {
  describe('signalbox new, in a program that has the package alone', () => {
    let project: InstalledPackage;

    beforeAll(async () => {
      project = await InstalledPackage.create('fast-check');
    });

    afterAll(() => project.remove());

    it.each(kinds)(
      'writes an adapter of the kind %s, whose tests pass, and fail once it is broken',
      { timeout: 120_000 },
      async (kind) => {
        const [correct = '', wrong = ''] = BROKEN[kind] ?? [];
        const { stdout } = await project.signalbox('new', 'adapter', kind, `./own-${kind}`);
        const [adapter = '', test = ''] = stdout.trim().split('\n');
        const suite = () => project.node('--test-reporter=tap', test);
        expect((await suite()).stdout).toMatch(/^# pass [1-9]\d*\n# fail 0$/m);
        const text = await readFile(project.path(adapter), 'utf8');
        expect(text).toContain(correct);
        await project.write(adapter, text.replace(correct, wrong));
        expect((await suite()).stdout).toMatch(/^# fail [1-9]\d*$/m);
      },
    );
  });
}
