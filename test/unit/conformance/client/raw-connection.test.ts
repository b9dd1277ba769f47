import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { RawConnection } from '../../../../conformance/client/raw-connection.ts';
import { SmallServer } from '../small-server.ts';

describe('a raw connection', () => {
  let server: SmallServer;
  beforeEach(async () => {
    server = await SmallServer.start();
  });
  afterEach(() => server.stop());
  const wire = (patience?: number) => new RawConnection(server.profile(patience), new Transcript());

  it('sends and receives bytes', async () => {
    const one = wire().send('GET /x HTTP/1.1\r\n').send(Buffer.from('host: a\r\nconnection: close\r\n\r\n'));
    await one.flush();
    expect(await one.waitFor(/GET \/x$/)).toMatch(/^HTTP\/1\.1 200 /);
    await one.waitForClose();
    expect(one.received).toContain('GET /x');
  });

  it('returns the status of the response, or undefined without one', async () => {
    expect(await wire().send('GET / HTTP/1.1\r\nhost: a\r\n\r\n').status()).toBe(200);
    const cut = wire();
    await cut.flush();
    server.stop();
    expect(await cut.status()).toBeUndefined();
  });

  it('fails with the missing pattern at the end of the connection', async () => {
    const one = wire().send('nonsense\r\n\r\n');
    await expect(one.waitFor(/200/)).rejects.toThrow(/^the connection ended before \/200\/ arrived; received "HTTP\/1.1 400/);
  });

  it('fails with the missing pattern after the patience', async () => {
    const one = wire(20);
    await expect(one.waitFor(/200/)).rejects.toThrow('timed out after 20 ms waiting for /200/ on a raw connection');
    one.terminate();
    await one.ended;
  });
});
