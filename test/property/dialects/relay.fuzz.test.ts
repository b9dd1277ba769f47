import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RelayDialect } from '../../../src/adapters/dialects/relay/dialect.ts';
import { CODE_POINT } from '../../../src/contracts/dialects/code-points.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';

const dialect = new RelayDialect('/relay');
const FIELD = fc.oneof(fc.constantFrom('type', 'topic', 'topics', 'payload', 'clients', '__proto__', 'data'), fc.string());
const VALUE = fc.oneof(fc.constantFrom('publish', 'subscribe', 'garden'), fc.jsonValue());
const SPACE = fc.stringMatching(/^[ \t\n\r]{0,3}$/);

/** Publications on the wire: any members, repeated members, and white space anywhere. */
const PUBLICATION = fc
  .tuple(fc.array(fc.tuple(FIELD, VALUE), { maxLength: 6 }), SPACE, fc.string({ minLength: 1 }))
  .map(([members, space, topic]) => {
    const all = [...members, ['type', 'publish'], ['topic', topic]] as const;
    const body = all.map(([name, value]) => `${space}${JSON.stringify(name)}${space}:${JSON.stringify(value)}`).join(',');
    return `${space}{${body}${space}}${space}`;
  });

it('REL1, REL2, REL4: delivers any publication unchanged, with the number of subscribers', () => {
  fc.assert(
    fc.property(PUBLICATION, fc.nat(), (frame, subscribers) => {
      const request = dialect.decode(Buffer.from(frame), false);
      if (request.action !== 'publish') return expect.fail(`${frame} was decoded as ${request.action}`);
      const { payload, type, topics } = request.draft;
      const publication: Publication = {
        ...{ id: '', topics: topics as TopicName[], payload, type },
        ...{ retry: undefined, isPrivate: false, from: undefined },
      };
      const encoded = JSON.parse(
        Buffer.from(dialect.encodeEvent({ event: 'publication', publication, subscribers }) ?? []).toString(),
      ) as object;
      const written = JSON.parse(frame) as Record<string, unknown>;
      const { topic, payload: sent } = written;
      expect(encoded).toEqual(request.echo ? { ...written, clients: subscribers } : { topic, payload: sent });
    }),
    { numRuns: 5_000 },
  );
});

it('REL3: throws for no frame', () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: CODE_POINT }).map((text) => Buffer.from(text)),
    PUBLICATION.map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(
      bytes,
      fc.nat(300),
      fc.boolean(),
      (whole, end, isBinary) => void dialect.decode(whole.subarray(0, end), isBinary),
    ),
    { numRuns: 5_000 },
  );
});
