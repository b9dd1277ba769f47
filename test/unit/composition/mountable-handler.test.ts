import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import express4 from 'express4';
import { describe, expect, it, vi } from 'vitest';
import type { ExpressApp } from '../../../src/composition/installed-express.ts';
import { mountableHandler } from '../../../src/composition/mountable-handler.ts';

interface Events {
  word: [text: string];
}

describe('a handler that Express mounts like an app', () => {
  it('calls its function with the arguments of the request', () => {
    const served: unknown[] = [];
    const { handler } = mountableHandler<Events>((request, response, next) => void served.push(request, response, next));
    const next = (): void => undefined;
    handler({ url: '/' } as IncomingMessage, {} as ServerResponse, next);
    expect(served).toEqual([{ url: '/' }, {}, next]);
  });

  it('emits events to the listeners of that handler only', () => {
    const [one, other] = [mountableHandler<Events>(() => undefined), mountableHandler<Events>(() => undefined)];
    const heard: string[] = [];
    one.handler.on('word', (text) => heard.push(`one ${text}`));
    other.handler.once('word', (text) => heard.push(`other ${text}`));
    one.handler.emit('word', 'a');
    other.handler.emit('word', 'b');
    other.handler.emit('word', 'c');
    expect(heard).toEqual(['one a', 'other b']);
  });

  it('returns its mount path below an app that is mounted itself', () => {
    const { handler, mountPaths } = mountableHandler<Events>(() => undefined);
    expect(mountPaths()).toEqual(['']);
    const [outer, inner] = [express(), express()];
    outer.use('/outer', inner);
    inner.use('/inner/', handler as unknown as express.RequestHandler);
    expect(mountPaths()).toEqual(['/outer/inner']);
  });

  it('returns every path of a list, and a pattern for a regular expression', () => {
    const { handler, mountPaths } = mountableHandler<Events>(() => undefined);
    const [outer, inner] = [express(), express()];
    outer.use(['/a', '/b/'], inner);
    inner.use(['/c', /^\/d/], handler as unknown as express.RequestHandler);
    expect(mountPaths()).toEqual(['/a/c', '/a/*', '/b/c', '/b/*']);
  });

  it('without Express, a method of an Express application throws an error that says so', () => {
    const { handler } = mountableHandler<Events>(() => undefined);
    const { use } = handler as unknown as { use: () => void };
    expect(use).toThrow('use needs Express, which is not installed: npm install express');
  });
});

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
])('a handler that is an application of %s', (_, make) => {
  /** The answer of an application that serves the handler, or of the handler alone. */
  const answerOf = async (listener: RequestListener, path: string) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    const answer = [
      response.status,
      await response.text(),
      response.headers.get('x-program'),
      response.headers.get('x-powered-by'),
    ];
    await new Promise((resolve) => server.close(resolve));
    return answer;
  };

  const create = () => {
    const serve = (_request: IncomingMessage, response: ServerResponse): void => void response.end('broker');
    const { handler, mountPaths } = mountableHandler<Events>(serve, make as unknown as () => ExpressApp);
    return { app: handler as unknown as express.Express, mountPaths };
  };

  it('runs middleware before the broker, and routes instead of it', async () => {
    const { app } = create();
    app.use((_request, response, next) => {
      response.setHeader('x-program', 'yes');
      next();
    });
    app.get('/health', (_request, response) => void response.send('fine'));
    expect(await answerOf(app, '/health')).toEqual([200, 'fine', 'yes', null]);
    expect(await answerOf(app, '/id')).toEqual([200, 'broker', 'yes', null]);
  });

  it('can be mounted, and has settings', async () => {
    const { app, mountPaths } = create();
    expect(mountPaths()).toEqual(['']);
    app.set('trust proxy', true).enable('strict routing');
    const outer = make();
    outer.disable('x-powered-by').use('/peerjs', app);
    expect(mountPaths()).toEqual(['/peerjs']);
    expect(await answerOf(outer, '/peerjs/id')).toEqual([200, 'broker', null, null]);
  });

  it('answers an error of middleware with 500', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { app } = create();
    app.use(() => {
      throw new Error('a mistake of the program');
    });
    expect(await answerOf(app, '/id')).toEqual([500, 'Internal Server Error', null, null]);
    expect(String(warn.mock.calls[0]?.[0])).toContain('a mistake of the program');
    warn.mockRestore();
  });

  it('emits events to its listeners', () => {
    const { handler } = mountableHandler<Events>(() => undefined, make as unknown as () => ExpressApp);
    const words: string[] = [];
    handler.on('word', (text) => words.push(text));
    handler.emit('word', 'a');
    expect(words).toEqual(['a']);
  });
});
