import { describe, expect, it } from 'vitest';
import { bucketOf, removalKey } from '../../../../../src/adapters/engines/nats/keys.ts';
import { exceededLimit } from '../../../../../src/adapters/engines/nats/size-limits.ts';
import { POOL, pooledName } from '../../../../../src/adapters/engines/shared/pooled-names.ts';
import { nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';
import { MAX_KEY_LENGTH } from '../../../../../src/domain/realm-keys.ts';

const NODE = nodeId(`${'h'.repeat(64)}-1234567-00000000`);
const SIZES = { node: NODE, realms: [realmKey('peerjs')], idLength: 128 };
const MIB = 1024 * 1024;

describe('the size limits of NATS', () => {
  it('fit the default settings', () => expect(exceededLimit(SIZES, MIB)).toBe(undefined));

  it('O7: reject an id length whose subject exceeds a protocol line, and name the longest that fits', () => {
    const problem = exceededLimit({ ...SIZES, idLength: 1_024 }, MIB) ?? '';
    expect(problem).toMatch(/^--id_length 1024 is too long .* Use at most \d+$/);
    const most = Number(/\d+$/.exec(problem)?.[0]);
    expect(exceededLimit({ ...SIZES, idLength: most }, MIB)).toBe(undefined);
    expect(exceededLimit({ ...SIZES, idLength: most + 1 }, MIB)).not.toBe(undefined);
    const subject = `$KV.signalbox-peerjs.${removalKey('\u{ffff}'.repeat(most) as PeerId, NODE)}`;
    expect(subject.length).toBeLessThan(4_096 - 200);
  });

  it('O7, R5: with patterns, names of the pool fit too', () => {
    const pooled = { ...SIZES, realms: [POOL] };
    expect(exceededLimit(pooled, MIB)).toBe(undefined);
    const most = Number(/Use at most (\d+)$/.exec(exceededLimit({ ...pooled, idLength: 1_024 }, MIB) ?? '')?.[1]);
    const [key, id] = ['\u{ffff}'.repeat(MAX_KEY_LENGTH), '\u{ffff}'.repeat(most)];
    const subject = `$KV.${bucketOf(POOL)}.${removalKey(pooledName(realmKey(key), id as PeerId), NODE)}`;
    expect(subject.length).toBeLessThan(4_096 - 200);
    expect(exceededLimit({ ...pooled, idLength: most }, MIB)).toBe(undefined);
  });

  it('reject a key whose bucket name is too long', () => {
    expect(exceededLimit({ ...SIZES, realms: [realmKey('k'.repeat(300))] }, MIB)).toMatch(/Use a shorter --key/);
  });

  it('reject a server whose maximum payload is too small', () => {
    expect(exceededLimit(SIZES, 1_024)).toBe('max_payload of the NATS server is 1024 bytes: Signalbox needs at least 16384');
  });
});
