import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PeeroDialect } from '../../../src/adapters/dialects/peero/dialect.ts';
import { CODE_POINT } from '../../../src/contracts/dialects/code-points.ts';
import type { PeerId } from '../../../src/domain/ids.ts';

const dialect = new PeeroDialect('/peero');
const ID = fc.string({ unit: CODE_POINT, minLength: 1, maxLength: 20 }).map((id) => id as PeerId);

it('PEO4: delivers any signal unchanged, with the id of its sender', () => {
  const kinds = fc.constantFrom('offer' as const, 'answer' as const, 'candidate' as const);
  fc.assert(
    fc.property(kinds, ID, ID, fc.jsonValue(), (type, from, to, signal) => {
      const request = dialect.decode(Buffer.from(JSON.stringify({ type, peer: to, signal, from: 'x' })), false);
      if (request.action !== 'relay') return expect.fail(`decoded as ${request.action}`);
      const encoded = dialect.encode({ kind: request.kind, from, to, payload: request.payload });
      const written = { type, peer: from, signal };
      expect(JSON.parse(Buffer.from(encoded).toString())).toEqual(JSON.parse(JSON.stringify(written)));
    }),
    { numRuns: 2_000 },
  );
});

it('PEO4: delivers a signal byte for byte', () => {
  const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
  const signals = fc.oneof(
    fc.json(),
    fc.constantFrom('1e400', '1.10', '-0', '12345678901234567890', '{"d":1,"d":2}', '"\\u0061"'),
  );
  fc.assert(
    fc.property(ID, space, signals, (to, gap, signal) => {
      const frame = `{${gap}"signal"${gap}:${gap}${signal}${gap},"type":"offer","peer":${JSON.stringify(to)}}`;
      const request = dialect.decode(Buffer.from(frame), false);
      if (request.action !== 'relay') return expect.fail(`decoded as ${request.action}`);
      const encoded = dialect.encode({ kind: 'offer', from: to, to, payload: request.payload });
      expect(Buffer.from(encoded).toString().endsWith(`,"signal":${signal.trim()}}`)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it('PEO7: throws for no frame', () => {
  const known = fc.record({
    type: fc.constantFrom('offer', 'answer', 'will', '__proto__'),
    peer: fc.anything(),
    signal: fc.jsonValue(),
  });
  const bytes = fc.oneof(
    fc.uint8Array(),
    known.map((frame) =>
      Buffer.from(JSON.stringify(frame, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))),
    ),
  );
  fc.assert(
    fc.property(
      bytes,
      fc.nat(200),
      fc.boolean(),
      (whole, end, isBinary) => void dialect.decode(whole.subarray(0, end), isBinary),
    ),
    {
      numRuns: 5_000,
    },
  );
});
