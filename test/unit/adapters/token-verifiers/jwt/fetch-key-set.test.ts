import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchKeySet, MAX_KEY_SET_BYTES } from '../../../../../src/adapters/token-verifiers/jwt/fetch-key-set.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function served(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/keys`;
}

const fetched = (url: string, signal = new AbortController().signal): ReturnType<typeof fetchKeySet> => fetchKeySet(url, signal);

describe('A10: fetching a key set', () => {
  it('gives the text and its cache-control', async () => {
    const url = await served((_, response) => response.writeHead(200, { 'cache-control': 'max-age=5' }).end('{"keys":[]}'));
    expect(await fetched(url)).toEqual({ text: '{"keys":[]}', cacheControl: 'max-age=5' });
  });

  it('follows no redirect', async () => {
    const paths: unknown[] = [];
    const url = await served((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(fetched(url)).rejects.toThrow('it responded 302');
    expect(paths).toEqual(['/keys']);
  });

  it.each([404, 500, 204])('rejects the status %i', async (status) => {
    const url = await served((_, response) => response.writeHead(status).end());
    await expect(fetched(url)).rejects.toThrow(`it responded ${status}`);
  });

  it('reads 64 KB and no more', async () => {
    const url = await served((_, response) => response.end(' '.repeat(MAX_KEY_SET_BYTES)));
    expect((await fetched(url)).text).toHaveLength(MAX_KEY_SET_BYTES);
    server?.close();
    const endless = await served((_, response) => {
      const pump = (): void => {
        while (response.write(' '.repeat(10_000)));
      };
      response.on('drain', pump);
      pump();
    });
    await expect(fetched(endless)).rejects.toThrow('its response has more than 65536 bytes');
  });

  it('counts the bytes after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
    expect(bomb.byteLength).toBeLessThan(MAX_KEY_SET_BYTES);
    const url = await served((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await expect(fetched(url)).rejects.toThrow('its response has more than 65536 bytes');
  });

  it('stops a response that does not end', async () => {
    const abort = new AbortController();
    const url = await served((_, response) => {
      response.write('{');
      abort.abort(new Error('it did not respond in time'));
    });
    await expect(fetched(url, abort.signal)).rejects.toThrow('it did not respond in time');
  });
});
