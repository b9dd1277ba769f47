import { createServer, type IncomingMessage, type Server } from 'node:http';
import { PassThrough, type Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { sharedUpgradesOf, type UpgradeOwner } from '../../src/adapters/transports/node/shared-upgrades.ts';

const PATHS = ['/', '/ours', '/ours/peerjs', '/chat'];
const NO_HEAD = Buffer.alloc(0);

/** An action of the upgrade owners of one server. */
type Step =
  | { readonly do: 'attach' | 'detach'; readonly broker: number; readonly path: string }
  | { readonly do: 'listen' | 'leave' | 'wrap' }
  | { readonly do: 'upgrade'; readonly path: string; readonly isRepeated: boolean };

const path = fc.constantFrom(...PATHS);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('attach', 'detach'), broker: fc.nat(2), path }),
  fc.record({ do: fc.constantFrom('listen', 'leave', 'wrap') }),
  fc.record({ do: fc.constant('upgrade'), path, isRepeated: fc.boolean() }),
);

/** A server, the brokers that are attached to it in order of their arrival, and the listeners of others. */
class Neighbours {
  readonly server: Server = createServer();
  readonly takers: string[] = [];
  readonly attached = new Map<number, { readonly owner: UpgradeOwner; readonly path: string }>();
  readonly others: ((raw: IncomingMessage) => void)[] = [];

  perform(one: Step): void {
    switch (one.do) {
      case 'attach':
        if (!this.attached.has(one.broker)) this.#attach(one.broker, one.path);
        return;
      case 'detach': {
        const { owner } = this.attached.get(one.broker) ?? {};
        if (owner !== undefined) sharedUpgradesOf(this.server).remove(owner);
        this.attached.delete(one.broker);
        return;
      }
      case 'listen': {
        const listener = (): void => void this.takers.push('other');
        this.others.push(listener);
        return void this.server.on('upgrade', listener);
      }
      case 'leave': {
        const listener = this.others.pop();
        if (listener !== undefined) this.server.off('upgrade', listener);
        return;
      }
      case 'wrap': {
        const before = this.server.emit.bind(this.server) as (...given: unknown[]) => boolean;
        this.server.emit = (...given: unknown[]) => before(...given);
        return;
      }
      case 'upgrade':
        return this.#upgrade(one.path, one.isRepeated);
    }
  }

  #attach(broker: number, own: string): void {
    const owner: UpgradeOwner = {
      owns: ({ url = '' }) => url.startsWith(own),
      accept: () => void this.takers.push(`broker ${broker}`),
      logMalformed: () => undefined,
    };
    sharedUpgradesOf(this.server).add(owner);
    this.attached.set(broker, { owner, path: own });
  }

  #upgrade(url: string, isRepeated: boolean): void {
    this.takers.length = 0;
    const stream = new PassThrough();
    const headers = { upgrade: 'websocket', connection: 'Upgrade' };
    const raw = { url, headers, method: 'GET', httpVersion: '1.1', socket: {} } as IncomingMessage;
    this.#emit(raw, stream);
    const [owner] = [...this.attached].find(([, { path: own }]) => url.startsWith(own)) ?? [];
    const expected = owner === undefined ? this.others.map(() => 'other') : [`broker ${owner}`];
    expect(this.takers).toEqual(expected);
    const answered = String((stream.read() as Buffer | null) ?? '');
    const isUnowned = owner === undefined && this.others.length === 0 && this.attached.size > 0;
    expect(answered.split('\r\n')[0]).toBe(isUnowned ? 'HTTP/1.1 404 Not Found' : '');
    if (isRepeated && owner !== undefined) {
      this.#emit(raw, stream);
      expect(this.takers).toEqual(expected);
    }
  }

  #emit(raw: IncomingMessage, stream: Duplex): void {
    this.server.emit('upgrade', raw, stream, NO_HEAD);
  }
}

it('O9: with several upgrade owners on a server, in any order, each upgrade reaches its owner once, and no other', () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const neighbours = new Neighbours();
      for (const one of steps) neighbours.perform(one);
    }),
    { numRuns: 500 },
  );
  vi.restoreAllMocks();
});
