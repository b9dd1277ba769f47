import { expect, it } from 'vitest';
import { PacketIds } from '../../../../../src/adapters/dialects/mqtt/packet-ids.ts';

it('MQ16: packet ids take 8 KiB, and nothing when all are released', () => {
  const ids = new PacketIds();
  expect([ids.bytes, ids.add(1), ids.add(1), ids.add(65_535), ids.has(65_535), ids.has(2), ids.bytes]).toEqual([
    ...[0, true, false, true, true, false, 8_192],
  ]);
  ids.delete(2);
  ids.delete(1);
  expect([ids.has(1), ids.bytes]).toEqual([false, 8_192]);
  ids.delete(65_535);
  expect(ids.bytes).toBe(0);
});
