import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcript } from '../../../../conformance/far-end/transcript.ts';
import { Wire } from '../../../../conformance/far-end/wire.ts';
import { SmallServer } from '../small-server.ts';

describe('a bare connection', () => {
  let server: SmallServer;
  beforeEach(async () => {
    server = await SmallServer.start();
  });
  afterEach(() => server.dies());
  const wire = (patience?: number) => new Wire(server.profile(patience), new Transcript());

  it('carries bytes both ways', async () => {
    const one = wire().sends('GET /x HTTP/1.1\r\n').sends(Buffer.from('host: a\r\nconnection: close\r\n\r\n'));
    await one.sent();
    expect(await one.hears(/GET \/x$/)).toMatch(/^HTTP\/1\.1 200 /);
    await one.closed();
    expect(one.heard).toContain('GET /x');
  });

  it('knows the status of an answer, or that there is none', async () => {
    expect(await wire().sends('GET / HTTP/1.1\r\nhost: a\r\n\r\n').status()).toBe(200);
    const cut = wire();
    await cut.sent();
    server.dies();
    expect(await cut.status()).toBeUndefined();
  });

  it('says what did not come before its end', async () => {
    const one = wire().sends('nonsense\r\n\r\n');
    await expect(one.hears(/200/)).rejects.toThrow(/^the connection ended before \/200\/ came; heard "HTTP\/1.1 400/);
  });

  it('says what did not come in time', async () => {
    const one = wire(20);
    await expect(one.hears(/200/)).rejects.toThrow('waited 20 ms for /200/ on a bare connection');
    one.cut();
    await one.ended;
  });
});
