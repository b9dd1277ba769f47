import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { postJson } from '../../../../../src/adapters/authorizers/webhook/post-json.ts';
import { startAuthBackend, type AuthBackend, type Reply } from '../../../../support/authorizers/auth-backend.ts';

const SECRET = 'secret-in-url';
let backend: AuthBackend | undefined;

afterEach(async () => {
  await backend?.stop();
  backend = undefined;
});

async function answerOf(reply: Reply, signal = new AbortController().signal): Promise<unknown> {
  backend ??= await startAuthBackend(reply);
  backend.replyWith(reply);
  return post(`${backend.url}?code=${SECRET}`, signal);
}

function post(url: string, signal = new AbortController().signal): Promise<unknown> {
  return postJson({ url, headers: new Headers({ 'x-a': 'b' }), body: '{"token":"t"}' }, signal);
}

async function failureOf(reply: Reply): Promise<string> {
  const error = await answerOf(reply).then(
    () => 'an answer',
    (reason: unknown) => String(reason),
  );
  expect(error).not.toContain(SECRET);
  return error;
}

describe('postJson', () => {
  it('A9: posts the body with the headers, and gives the parsed answer', async () => {
    expect(await answerOf((_, response) => void response.end(' {"allow":true}\n'))).toEqual({ allow: true });
    expect(backend?.received.at(-1)).toMatchObject({ body: '{"token":"t"}', headers: { 'x-a': 'b' } });
  });

  it('A9: connections are used for several requests', async () => {
    for (let n = 0; n < 10; n++) await answerOf((_, response) => void response.end('{"allow":true}'));
    expect(new Set(backend?.received.map(({ port }) => port)).size).toBeLessThan(10);
  });

  it.each([201, 204, 400, 401, 403, 404, 429, 500, 503])('A9: status %i is a failure', async (status) => {
    const error = await failureOf((_, response) => void response.writeHead(status).end(status === 204 ? '' : '{"allow":true}'));
    expect(error).toBe(`BackendError: status ${status} in place of 200`);
  });

  it('A9: does not follow a redirect', async () => {
    const error = await failureOf((_, response) => void response.writeHead(307, { location: '/elsewhere' }).end());
    expect([error, backend?.received.length]).toEqual(['BackendError: status 307 in place of 200', 1]);
  });

  it.each(['', 'allow', '{"allow":true', '<html>'])('A9: %j is no JSON', async (text) => {
    expect(await failureOf((_, response) => void response.end(text))).toBe('BackendError: the answer is no JSON');
  });

  it('A9: an answer has at most 16 KiB, also when it was compressed', async () => {
    const long = `{"allow":true,"user":"${'x'.repeat(20_000)}"}`;
    const expected = 'BackendError: the answer has more than 16384 bytes';
    expect(await failureOf((_, response) => void response.end(long))).toBe(expected);
    expect(
      await failureOf((_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(long))),
    ).toBe(expected);
  });

  it('A9: an endless answer is a failure', async () => {
    const error = await failureOf((_, response) => {
      const more = (error?: Error | null): void => {
        if (error === undefined || error === null) response.write('x'.repeat(4_096), more);
      };
      response.on('error', () => undefined);
      more();
    });
    expect(error).toBe('BackendError: the answer has more than 16384 bytes');
  });

  it('A9: a cut connection is a failure', async () => {
    expect(await failureOf((_, response) => response.socket?.destroy())).toMatch(/^BackendError: no connection/);
    expect(await failureOf((_, response) => void response.writeHead(200).write('{', () => response.socket?.destroy()))).toMatch(
      /^BackendError: no connection/,
    );
  });

  it('A9: the backend is not running', async () => {
    const { url } = await startAuthBackend(() => undefined).then(async (stopped) => {
      await stopped.stop();
      return stopped;
    });
    await expect(post(`${url}?code=${SECRET}`)).rejects.toThrow(/^no connection: ECONNREFUSED$/);
  });

  it('A9: an aborted request ends', async () => {
    const controller = new AbortController();
    await expect(answerOf(() => controller.abort(), controller.signal)).rejects.toThrow('no connection');
  });
});
