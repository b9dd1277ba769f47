import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PeerjsDialect } from '../../src/adapters/dialects/peerjs/dialect.ts';
import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import { TestBroker } from '../support/test-broker.ts';

const MAX_CONNECTIONS = 12;

/** Throws for each connect request. */
class FaultyDialect extends PeerjsDialect {
  override connectRequest(): never {
    throw new Error('an internal error of the dialect');
  }
}

const client = fc.nat(30);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('connect' as const), id: fc.constantFrom('ann', 'bob', 'cem') }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('relay' as const, 'stream' as const, 'xhr' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('no key' as const, 'fault' as const, 'no ids' as const) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('close' as const, 'cut' as const, 'leave' as const), client }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('stop reading' as const, 'garbage' as const), client }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), duration: fc.nat(70_000) }) },
);

/** A broker, and all clients that tried to connect. */
class Clients {
  readonly all: MemoryClient[] = [];
  #hasIds = true;
  #count = 0;
  readonly broker = new TestBroker(
    { dialects: ['peerjs', 'relay', 'mercure'], legacyXhr: true, mercureOpen: true, maxConnections: MAX_CONNECTIONS },
    { peerIds: { generate: () => this.#generateId() }, moreDialects: [new FaultyDialect('/faulty/')] },
  );

  run(step: { readonly does: string; readonly id?: string; readonly client?: number; readonly duration?: number }): void {
    const { transport } = this.broker;
    const client = this.all[(step.client ?? 0) % Math.max(1, this.all.length)];
    switch (step.does) {
      case 'connect':
        return void this.all.push(transport.connect({ path: '/peerjs', query: `key=peerjs&id=${step.id ?? ''}&token=t` }));
      case 'relay':
        return void this.all.push(transport.connect({ path: '/relay' }));
      case 'stream':
        return void this.all.push(transport.stream('GET', '/.well-known/mercure?topic=t'));
      case 'xhr':
        return void this.all.push(transport.stream('POST', '/peerjs/dan/token/id?i=1'));
      case 'no key':
        return void this.all.push(transport.connect({ path: '/peerjs', query: 'key=none&id=a&token=t' }));
      case 'fault':
        return void this.all.push(transport.connect({ path: '/faulty/peerjs' }));
      case 'no ids':
        this.#hasIds = !this.#hasIds;
        return;
      case 'close':
        return client?.close();
      case 'cut':
        return client?.cut();
      case 'leave':
        return client?.send('{"type":"LEAVE"}');
      case 'stop reading':
        return client?.stopReading();
      case 'garbage':
        for (let n = 0; n < 30; n++) client?.send('{');
        return;
      default:
        return this.broker.advance(step.duration ?? 0);
    }
  }

  /** The number of free connections, counted by opening them. */
  free(): number {
    let free = 0;
    while (this.broker.transport.connect({ path: '/peerjs', query: `key=peerjs&id=x${free}&token=t` }).state === 'open') free++;
    return free;
  }

  #generateId(): string {
    if (!this.#hasIds) throw new Error('no id can be generated');
    return `id ${this.#count++}`;
  }
}

it('promise 5: counts exactly the open connections for the limit, after any sequence of steps', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const clients = new Clients();
      for (const one of steps) clients.run(one);
      for (const one of clients.all) one.startReading();
      const open = clients.all.filter(({ state }) => state === 'open').length;
      expect(clients.free()).toBe(MAX_CONNECTIONS - open);
    }),
    { numRuns: 300 },
  );
});
