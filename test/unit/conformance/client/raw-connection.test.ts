import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { RawConnection } from '../../../../conformance/client/raw-connection.ts';
import { SmallServer } from '../small-server.ts';

describe('a bare connection', () => {
  let server: SmallServer;
  beforeEach(async () => {
    server = await SmallServer.start();
  });
  afterEach(() => server.stop());
  const wire = (patience?: number) => new RawConnection(server.profile(patience), new Transcript());

  it('carries bytes both ways', async () => {
    const one = wire().send('GET /x HTTP/1.1\r\n').send(Buffer.from('host: a\r\nconnection: close\r\n\r\n'));
    await one.flush();
    expect(await one.waitFor(/GET \/x$/)).toMatch(/^HTTP\/1\.1 200 /);
    await one.waitForClose();
    expect(one.received).toContain('GET /x');
  });

  it('knows the status of an answer, or that there is none', async () => {
    expect(await wire().send('GET / HTTP/1.1\r\nhost: a\r\n\r\n').status()).toBe(200);
    const cut = wire();
    await cut.flush();
    server.stop();
    expect(await cut.status()).toBeUndefined();
  });

  it('says what did not come before its end', async () => {
    const one = wire().send('nonsense\r\n\r\n');
    await expect(one.waitFor(/200/)).rejects.toThrow(/^the connection ended before \/200\/ came; heard "HTTP\/1.1 400/);
  });

  it('says what did not come in time', async () => {
    const one = wire(20);
    await expect(one.waitFor(/200/)).rejects.toThrow('waited 20 ms for /200/ on a bare connection');
    one.terminate();
    await one.ended;
  });
});
