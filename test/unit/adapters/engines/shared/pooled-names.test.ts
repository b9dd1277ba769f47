import fc from 'fast-check';
import { expect, it } from 'vitest';
import { POOL, pooledName, realmOfPooledName, unpooledName } from '../../../../../src/adapters/engines/shared/pooled-names.ts';
import { realmKey } from '../../../../../src/domain/ids.ts';
import { isKeyPattern } from '../../../../../src/domain/realm-keys.ts';

it('R5: realm and name of a pooled name are not confused, for any key and name without control characters', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((value) => !/\p{Cc}/u.test(value));
  const odd = fc.constantFrom('a.b', '>', '*', ' ', '{}', ':', '__proto__', '%', '\\', '"');
  const part = fc.oneof(text, odd);
  fc.assert(
    fc.property(part, part, part, part, (key, name, otherKey, otherName) => {
      const pooled = pooledName(realmKey(key), name);
      expect([realmOfPooledName(pooled), unpooledName(pooled)]).toEqual([key, name]);
      const isSame = key === otherKey && name === otherName;
      expect(pooledName(realmKey(otherKey), otherName) === pooled).toBe(isSame);
    }),
  );
});

it('a name outside the pool has no realm', () => expect(realmOfPooledName('ann')).toBe(''));

it('R5: the key of the pool is no literal key', () => expect(isKeyPattern(POOL)).toBe(true));
