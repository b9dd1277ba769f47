import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Child } from '../../../../conformance/server/child.ts';

const node = (script: string) => new Child([process.execPath, '-e', script]);

describe('a child process', () => {
  it('reports how the process ended, with its last output', async () => {
    const child = node("console.log('one\\ntwo\\nthree'); console.error('four'); process.exitCode = 3");
    await child.exited;
    expect(child.exitReason).toBe('exited with code 3');
    await expect.poll(() => child.lastOutput).toMatch(/three/);
    expect(child.output).toContain('one');
    child.kill('SIGKILL');
    await child.stop();
  });

  it('reports the last error line', async () => {
    const child = node("console.log('fine'); throw new TypeError('so')");
    await child.exited;
    await expect.poll(() => child.lastOutput).toBe('TypeError: so');
  });

  it('stops the process and its descendants', async () => {
    const listens = "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
    const starts = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(listens)}], { stdio: 'inherit' })`;
    const child = node(starts);
    await expect.poll(() => child.output, { timeout: 60_000 }).toMatch(/^\d+\n/);
    expect(child.exitReason).toBeUndefined();
    await child.stop();
    expect(child.exitReason).toBe('exited with SIGTERM');
    await expect.poll(() => isListening(Number(child.output)), { timeout: 60_000 }).toBe(false);
  });

  it('reports that the process failed to start', async () => {
    const child = new Child(['no-such-program-anywhere']);
    await child.exited;
    expect(child.exitReason).toMatch(/^failed to start: .*ENOENT/);
    await child.stop();
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
