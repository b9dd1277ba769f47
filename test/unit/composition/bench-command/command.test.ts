import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench } from '../../../../src/composition/bench-command/command.ts';
import { createBroker } from '../../../../src/composition/library.ts';

const QUICK = ['--seconds', '1', '--peers', '2', '--only', 'relay'];

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const to = (stream: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[stream] += text) });
  const code = await bench(args, { stdout: to('stdout'), stderr: to('stderr'), isTerminal: false });
  return { code, ...written };
}

describe('signalbox bench', () => {
  const broker = createBroker({ port: 0, host: '127.0.0.1', transport: 'node', messagesPerSecond: 1_000_000 });
  let url = '';
  beforeAll(async () => void (url = `http://localhost:${(await broker.listen()).port}/`));
  afterAll(() => broker.close());

  it('prints a table, or JSON', async () => {
    expect(await run(url, ...QUICK)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^relays, 2 peers +\d/),
    });
    const { stdout } = await run(url, ...QUICK, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ figures: [{ name: 'relaysPerSecond', unit: '/s' }], faults: [] });
  });

  it('exits with 1 and the fault, or 2 for invalid arguments', async () => {
    expect(await run(`${url}elsewhere`, ...QUICK)).toMatchObject({ code: 1, stderr: expect.stringContaining('no OPEN') });
    expect(await run('http://example.org')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^signalbox bench: .*--remote/),
    });
    expect(await run('--compare', '/nowhere/at-all {port}', 'b {port}')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('`/nowhere/at-all {port}` has not started') },
    });
  });

  it('prints its usage', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: signalbox bench <url>') });
  });
});
