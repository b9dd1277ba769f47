import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdminFixture } from '../../support/admin-fixture.ts';
import { until } from '../../support/e2e/until.ts';

const PAGE = readFileSync(new URL('../../../docs/admin.md', import.meta.url), 'utf8');
/** The lines that are complete commands for the listener of the page. */
const LINES = PAGE.split('\n').filter((line) => line.startsWith('curl ') && line.includes('http://127.0.0.1:9001'));
const STREAMS = LINES.filter((line) => line.startsWith('curl -sN'));

let admin: AdminFixture;
beforeEach(async () => {
  admin = await new AdminFixture().start();
  admin.broker.connectPeer('ann');
});
afterEach(() => admin.listener.stop());

function shell(line: string): string[] {
  return ['-c', `exec ${line.replace('http://127.0.0.1:9001', admin.url)} --max-time 90 --write-out '\\n%{http_code}'`];
}

describe('the commands of docs/admin.md', () => {
  it('ADM2 to ADM8: work in their order', async () => {
    const others = LINES.filter((line) => !STREAMS.includes(line));
    expect(others.length).toBeGreaterThan(10);
    for (const line of others) {
      const { stdout } = await promisify(execFile)('sh', shell(line));
      expect(stdout, line).toMatch(/\n20[012]$/);
    }
    expect([admin.drains, admin.broker.broker.operations.bans()]).toEqual([2, []]);
  });

  it.each(STREAMS)('ADM6, ADM7: open a stream: %s', async (line) => {
    const curl = spawn('sh', shell(line));
    let output = '';
    curl.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(60_000, 'the stream to open', () => (output.startsWith(': open') ? true : undefined));
    curl.kill();
  });
});
