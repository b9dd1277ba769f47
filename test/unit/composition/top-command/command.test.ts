import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTop, type TopSurroundings } from '../../../../src/composition/top-command/command.ts';
import { AdminFixture, TOKEN, VIEWER } from '../../../support/admin-fixture.ts';
import { until } from '../../../support/e2e/until.ts';

let admin: AdminFixture;
beforeEach(async () => void (admin = await new AdminFixture({ token: TOKEN, viewerToken: VIEWER }).start()));
afterEach(() => admin.listener.stop());

function start(args: readonly string[], surroundings: Partial<TopSurroundings> = {}) {
  const written = { stdout: '', stderr: '' };
  const to = (stream: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[stream] += text) });
  const all = ['--admin', admin.url, ...args];
  const env = { SIGNALBOX_ADMIN_VIEWER_TOKEN: VIEWER };
  const code = runTop(
    all,
    { stdout: to('stdout'), stderr: to('stderr') },
    { env, screenSize: undefined, onExit: () => undefined, ...surroundings },
  );
  return { written, code };
}

describe('signalbox top', () => {
  it('ADM7: prints one snapshot without a terminal, and as JSON if asked', async () => {
    admin.broker.connectPeer('ann');
    const text = start([]);
    expect([await text.code, text.written.stderr]).toEqual([0, '']);
    expect(text.written.stdout).toMatch(/^signalbox: 1 node\npeers 1 \|[^]*\nalone +ready[^]*\npeerjs +1 /);
    const json = start(['--json'], { screenSize: () => ({ columns: 80, rows: 24 }) });
    expect([await json.code, JSON.parse(json.written.stdout)]).toMatchObject([0, { nodes: [{ node: 'alone' }], missing: [] }]);
  });

  it('shows the screen until it ends, and restores the terminal once', async () => {
    const end = new AbortController();
    let restore = (): void => undefined;
    const { written, code } = start([], {
      screenSize: () => ({ columns: 40, rows: 5 }),
      signal: end.signal,
      onExit: (given) => (restore = given),
    });
    await until(5_000, 'the screen', () => written.stdout.includes('signalbox: 1 node') || undefined);
    expect(written.stdout.startsWith('\u001B[?1049h\u001B[?25l\u001B[H')).toBe(true);
    end.abort();
    expect(await code).toBe(0);
    restore();
    expect(written.stdout.split('\u001B[?25h\u001B[?1049l')).toHaveLength(2);
  });

  it('exits with 1 without an overview, and with 2 for invalid arguments', async () => {
    const refused = start(['--token', 'wrong-wrong-wrong-wrong-wrong-wrong-']);
    expect([await refused.code, refused.written.stderr]).toEqual([
      1,
      expect.stringMatching(/^signalbox top: .* asks for a token[^\n]*\n$/),
    ]);
    const invalid = start(['--interval', 'x']);
    expect([await invalid.code, invalid.written.stderr]).toEqual([
      2,
      expect.stringMatching(/^signalbox top: --interval is 'x';[^\n]*\n$/),
    ]);
  });

  it('prints the help', async () => {
    const { written, code } = start(['--help']);
    expect([await code, written.stdout]).toEqual([0, expect.stringContaining('Usage: signalbox top')]);
  });
});
