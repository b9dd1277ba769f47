import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Child } from '../../support/e2e/child.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_CLI, SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';
import { uniqueName, framesBeforeEcho } from '../../support/e2e/server-client.ts';

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('the log of $name', (kind) => {
  it.each(['json', 'pretty'])('contains no token and no payload (%s)', async (format) => {
    const options = { log_level: 'trace', log_format: format, malformed_limit: 1, drain_timeout: 500 };
    const server = await Server.start({ kind, options });
    onTestFinished(async () => {
      server.closeAll();
      await server.stop();
    });
    const canary = `canary-${randomUUID()}`;
    const ann = await server.connectPeer('ann', { token: canary });
    const id = ann.id;

    await (await server.connect({ id, token: `other-${canary}` })).closed();
    await (await server.connect({ id, token: canary, key: 'nobody' })).closed();
    await (await server.connect({ id: `a\n${uniqueName('b')}`, token: canary })).closed();
    const again = await server.connect({ id, token: canary });
    await ann.closed();
    again.send({ type: 'OFFER', dst: uniqueName('absent'), payload: canary }).send({ type: canary, token: canary });
    await framesBeforeEcho(again);
    again.sendText(`{${canary}`).sendText(`{"token":"${canary}"`);
    await again.closed();
    await server.request(`peerjs/id?token=${canary}`);
    await server.request(`peerjs/${id}/${canary}/id?i=0`, { method: 'POST' });
    await server.handshakeStatus(`/elsewhere?key=peerjs&id=x&token=${canary}`);
    await (await server.connectPeer('bob', { token: canary })).close();
    const connection = server.rawConnection().send(`GET /peerjs?token=${canary} HTTP/9.9\r\nx: \x00${canary}\r\n\r\n`);
    await connection.ended;

    await server.stop();
    expect(server.output).toContain(id);
    expect(server.output).not.toContain(canary.slice(0, 15));
  });
});

describe('the process title', () => {
  it('of signalbox token contains no token', async () => {
    const provider = createServer(() => undefined);
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const { port } = provider.address() as AddressInfo;
    const asked = new Promise((resolve) => provider.once('request', resolve));
    const command = ['token', 'check', 'canary', '--jwks', `http://127.0.0.1:${port}/`];
    const child = new Child([process.execPath, SIGNALBOX_CLI, ...command]);
    onTestFinished(async () => {
      await child.stop();
      provider.closeAllConnections();
      provider.close();
    });
    await within(60_000, 'the command to fetch the key set', asked);
    const seen = process.platform === 'linux' ? readFileSync(`/proc/${child.pid}/cmdline`, 'utf8') : 'signalbox';
    expect(seen).toContain('signalbox');
    expect(seen).not.toContain('canary');
  });

  it('contains no secret after the broker listens', async () => {
    const canary = `canary-${randomUUID()}`;
    const flags = ['--port', '0', '--host', '127.0.0.1', '--dialects', 'mercure', '--mercure_publisher_key', canary];
    flags.push('--auth', 'required', '--auth_key', canary);
    const broker = new Child([process.execPath, SIGNALBOX_CLI, ...flags, '--log_format', 'json']);
    onTestFinished(async () => void (await broker.stop()));
    await until(60_000, 'the broker to listen', () => /"listening"/.exec(broker.stdout)?.[0]);
    const seen = process.platform === 'linux' ? readFileSync(`/proc/${broker.pid}/cmdline`, 'utf8') : 'signalbox';
    expect(seen).toContain('signalbox');
    expect(seen).not.toContain(canary);
  });
});
