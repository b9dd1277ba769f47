import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeEvent } from '../../../src/adapters/dialects/mercure/events.ts';
import { coversAll, selectorOf } from '../../../src/adapters/dialects/mercure/selectors.ts';
import { parseUpdate } from '../../../src/adapters/dialects/mercure/update.ts';
import { compileUriTemplate } from '../../../src/adapters/dialects/mercure/uri-template.ts';
import { CODE_POINT } from '../../../src/contracts/dialects/code-points.ts';
import type { TopicName } from '../../../src/domain/topic.ts';

const WORD = fc.stringMatching(/^[a-z0-9]{1,8}$/);

/** A minimal parser of event streams according to the standard. */
function parse(text: string): Record<string, string>[] {
  return text
    .split(/\n\n/)
    .slice(0, -1)
    .map((block) => {
      const event: Record<string, string> = {};
      for (const line of block.split(/\r\n|\r|\n/)) {
        const [, name = '', value = ''] = /^([^:]+): ?(.*)$/s.exec(line) ?? [];
        if (name !== '') event[name] = name === 'data' && 'data' in event ? `${event['data']}\n${value}` : value;
      }
      return event;
    });
}

const FORM = fc.record({
  data: fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('\n', '\r', ':', ' ', 'data', 'id', 'a') })),
  id: fc.oneof(fc.string({ unit: 'grapheme' }), WORD),
  type: fc.oneof(fc.string({ unit: 'grapheme' }), WORD, fc.constant('')),
  retry: fc.oneof(fc.nat().map(String), fc.string(), fc.constant('')),
});

it('MER3, MER4: delivers any accepted update unchanged, in one event', () => {
  let published = 0;
  fc.assert(
    fc.property(FORM, (fields) => {
      const draft = parseUpdate(Buffer.from(new URLSearchParams({ topic: 'a', ...fields }).toString()), '', 10);
      if (typeof draft === 'string') return;
      published += 1;
      const { payload, type, retry, id = 'found' } = draft;
      const publication = { id, topics: ['a' as TopicName], payload, type, retry, isPrivate: false, from: undefined };
      const text = Buffer.from(encodeEvent({ event: 'publication', publication, subscribers: 1 }) ?? []).toString();
      const expected = {
        id: id.replace(/^ /, ''),
        data: fields.data
          .split(/\r\n|\r|\n/)
          .map((line) => line)
          .join('\n'),
        ...(type === undefined ? {} : { event: type }),
        ...(retry === undefined ? {} : { retry: String(retry) }),
      };
      expect(parse(text)).toEqual([{ ...expected, id }]);
    }),
    { numRuns: 3_000 },
  );
  expect(published).toBeGreaterThan(300);
});

it('MER6: a template matches each of its expansions', () => {
  const part = fc.oneof(
    WORD.map((word) => ({ written: `/${word}`, expanded: `/${word}` })),
    fc.tuple(WORD, WORD).map(([name, value]) => ({ written: `/{${name}}`, expanded: `/${value}` })),
    fc.tuple(WORD, WORD).map(([name, value]) => ({ written: `{/${name}}`, expanded: `/${value}` })),
    fc.tuple(WORD, WORD).map(([name, value]) => ({ written: `{?${name}}`, expanded: `?${name}=${value}` })),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const glob = compileUriTemplate(parts.map(({ written }) => written).join(''));
      fc.pre(typeof glob === 'object');
      expect(glob.matches(parts.map(({ expanded }) => expanded).join(''), { steps: 0 })).toBe(true);
    }),
  );
});

it('promise 6: throws for no selector, topic or form', () => {
  const piece = fc.oneof(
    fc.string({ unit: CODE_POINT }),
    fc.constantFrom('{', '}', '{a}', '{+a*}', '*', ':a', '/', '?', '(', '#', 'http://', '['),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, text, fc.uint8Array(), (selector, topic, body) => {
      for (const type of ['topic', 'exact', 'urlpattern'] as const) {
        const one = selectorOf(selector, type);
        if (one !== undefined) coversAll([one], [topic]);
      }
      parseUpdate(body, selector, 10);
    }),
    { numRuns: 5_000 },
  );
});
