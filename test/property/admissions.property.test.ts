import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PeerjsDialect } from '../../src/adapters/dialects/peerjs/dialect.ts';
import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import { TestBroker } from '../support/test-broker.ts';

const PLACES = 12;

/** Can't read how it was asked for. */
class FaultyDialect extends PeerjsDialect {
  override connectRequest(): never {
    throw new Error('a fault of the dialect');
  }
}

const place = fc.nat(30);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('connect' as const), id: fc.constantFrom('ann', 'bob', 'cem') }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('relay' as const, 'stream' as const, 'xhr' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('no key' as const, 'fault' as const, 'no ids' as const) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('close' as const, 'cut' as const, 'leave' as const), place }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('deaf' as const, 'garbage' as const), place }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), span: fc.nat(70_000) }) },
);

/** A broker, and all that ever asked it for a connection. */
class World {
  readonly far: MemoryClient[] = [];
  #hasIds = true;
  #count = 0;
  readonly house = new TestBroker(
    { dialects: ['peerjs', 'relay', 'mercure'], legacyXhr: true, mercureOpen: true, maxConnections: PLACES },
    { peerIds: { generate: () => this.#fresh() }, moreDialects: [new FaultyDialect('/faulty/')] },
  );

  run(step: { readonly does: string; readonly id?: string; readonly place?: number; readonly span?: number }): void {
    const { transport } = this.house;
    const at = this.far[(step.place ?? 0) % Math.max(1, this.far.length)];
    switch (step.does) {
      case 'connect':
        return void this.far.push(transport.connect({ path: '/peerjs', query: `key=peerjs&id=${step.id ?? ''}&token=t` }));
      case 'relay':
        return void this.far.push(transport.connect({ path: '/relay' }));
      case 'stream':
        return void this.far.push(transport.stream('GET', '/.well-known/mercure?topic=t'));
      case 'xhr':
        return void this.far.push(transport.stream('POST', '/peerjs/dan/token/id?i=1'));
      case 'no key':
        return void this.far.push(transport.connect({ path: '/peerjs', query: 'key=none&id=a&token=t' }));
      case 'fault':
        return void this.far.push(transport.connect({ path: '/faulty/peerjs' }));
      case 'no ids':
        this.#hasIds = !this.#hasIds;
        return;
      case 'close':
        return at?.close();
      case 'cut':
        return at?.cut();
      case 'leave':
        return at?.send('{"type":"LEAVE"}');
      case 'deaf':
        return at?.stopReading();
      case 'garbage':
        for (let n = 0; n < 30; n++) at?.send('{');
        return;
      default:
        return this.house.advance(step.span ?? 0);
    }
  }

  /** Of the places, those that nothing takes: found by taking them. */
  free(): number {
    let free = 0;
    while (this.house.transport.connect({ path: '/peerjs', query: `key=peerjs&id=x${free}&token=t` }).state === 'open') free++;
    return free;
  }

  #fresh(): string {
    if (!this.#hasIds) throw new Error('no id can be found');
    return `id ${this.#count++}`;
  }
}

it('promise 5: whatever happens, exactly the connections that are open take places', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const world = new World();
      for (const one of steps) world.run(one);
      for (const one of world.far) one.startReading();
      const open = world.far.filter(({ state }) => state === 'open').length;
      expect(world.free()).toBe(PLACES - open);
    }),
    { numRuns: 300 },
  );
});
