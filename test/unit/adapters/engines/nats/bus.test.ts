import type { NatsConnection } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { NatsNodeBus } from '../../../../../src/adapters/engines/nats/bus.ts';
import type { BusPublication } from '../../../../../src/application/ports/node-bus.ts';
import type { NodeId, RealmKey } from '../../../../../src/domain/ids.ts';

const MIB = 1024 * 1024;

it('promise 5: drops publications when 16 MiB of UTF-8 are unconfirmed', () => {
  let bytes = 0;
  const connection = {
    isClosed: () => false,
    info: { max_payload: MIB },
    publish: (_: string, part: string | Uint8Array) => void (bytes += Buffer.byteLength(part)),
    flush: () => new Promise<void>(() => undefined),
  } as unknown as NatsConnection;
  const bus = new NatsNodeBus('node' as NodeId, connection, {
    onFault: () => undefined,
    isReachable: () => true,
    onClose: () => Promise.resolve(),
  });
  const publication: BusPublication = {
    ...{ type: 'publication', realm: 'key' as RealmKey, space: 'relay', keepsHistory: false },
    publication: { id: 'u'.repeat(10), topics: ['\u4e00'.repeat(MIB)], payload: new Uint8Array() } as never,
  };
  for (let n = 0; n < 30; n++) bus.broadcast(publication);
  expect(bytes / MIB).toBeGreaterThan(16);
  expect(bytes / MIB).toBeLessThan(16 + 4);
});
