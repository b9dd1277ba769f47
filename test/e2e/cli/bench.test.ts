import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { SIGNALBOX_CLI } from '../../support/e2e/server-kinds.ts';

it('signalbox bench compares two commands in turns', { timeout: 180_000 }, async () => {
  // A fast machine exceeds the default rate limit with 20 peers.
  const limits = '--messages_per_second 1000000 --message_burst 1000000';
  const broker = `"${process.execPath}" "${SIGNALBOX_CLI}" --host 127.0.0.1 --port {port} --log_level silent ${limits}`;
  const commands = [broker, `${broker} --transport node`];
  const load = ['--rounds', '1', '--seconds', '1', '--peers', '20', '--idle', '50', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [SIGNALBOX_CLI, 'bench', '--compare', ...commands, ...load]);
  const names = [
    'relaysPerSecond',
    'relayCpu',
    'latencyP50',
    'latencyP99',
    'connectsPerSecond',
    'churnCpu',
    'idlePeer',
    'idleMemory',
  ];
  const { a, b, faults } = JSON.parse(stdout) as Record<'a' | 'b', { medians: { name: string }[] }> & { faults: unknown[] };
  expect([a, b].map(({ medians }) => medians.map(({ name }) => name))).toEqual([names, names]);
  expect(faults).toEqual([]);
});
