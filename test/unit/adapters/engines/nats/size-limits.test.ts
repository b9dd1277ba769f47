import { describe, expect, it } from 'vitest';
import { removalKey } from '../../../../../src/adapters/engines/nats/keys.ts';
import { exceededLimit } from '../../../../../src/adapters/engines/nats/size-limits.ts';
import { nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';

const NODE = nodeId(`${'h'.repeat(64)}-1234567-00000000`);
const SIZES = { node: NODE, realms: [realmKey('peerjs')], idLength: 128 };
const MIB = 1024 * 1024;

describe('what NATS can not carry', () => {
  it('is nothing by default', () => expect(exceededLimit(SIZES, MIB)).toBe(undefined));

  it('O7: is an id that makes a subject longer than a line of the protocol; the longest that fits is named, and fits', () => {
    const problem = exceededLimit({ ...SIZES, idLength: 1_024 }, MIB) ?? '';
    expect(problem).toMatch(/^--id_length 1024 is too much .* use at most \d+$/);
    const most = Number(/\d+$/.exec(problem)?.[0]);
    expect(exceededLimit({ ...SIZES, idLength: most }, MIB)).toBe(undefined);
    expect(exceededLimit({ ...SIZES, idLength: most + 1 }, MIB)).not.toBe(undefined);
    const subject = `$KV.signalbox-peerjs.${removalKey('\u{ffff}'.repeat(most) as PeerId, NODE)}`;
    expect(subject.length).toBeLessThan(4_096 - 200);
  });

  it('is a realm whose bucket would have too long a name', () => {
    expect(exceededLimit({ ...SIZES, realms: [realmKey('k'.repeat(300))] }, MIB)).toMatch(/use a shorter --key/);
  });

  it('is nearly everything, where the server takes small messages only', () => {
    expect(exceededLimit(SIZES, 1_024)).toBe('max_payload of the server is 1024; use at least 16384');
  });
});
