import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { describe, expect, it } from 'vitest';
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
    const { handler, mountPath } = mountableHandler<Events>(() => undefined);
    expect(mountPath()).toBe('');
    const [outer, inner] = [express(), express()];
    outer.use('/outer', inner);
    inner.use('/inner/', handler as unknown as express.RequestHandler);
    expect(mountPath()).toBe('/outer/inner');
  });
});
