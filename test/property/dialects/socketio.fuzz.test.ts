import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SocketIoDialect } from '../../../src/adapters/dialects/socketio/dialect.ts';
import { lineOf } from '../../../src/adapters/transports/socketio/events.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';

const dialect = new SocketIoDialect('/socket.io');

it('SIO3, SIO6: whatever bytes are published arrive as those', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.uint8Array(), (namespace, data) => {
      const { line } = lineOf('publish', [namespace, [...data]], [''], 1);
      const request = dialect.decode(Buffer.from(line), false);
      if (request.ask !== 'publish') return expect.fail(`it was read as ${request.ask}`);
      const { topics, payload } = request.draft;
      const publication: Publication = {
        ...{ id: '1', topics: topics as TopicName[], payload },
        ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
      };
      const told = dialect.tell({ news: 'publication', publication, listeners: 1 });
      const [word, name, text] = JSON.parse(Buffer.from(told ?? []).toString()) as [string, string, string];
      expect([word, name, [...Buffer.from(text, 'base64')]]).toEqual(['message', namespace, [...data]]);
    }),
    { numRuns: 2_000 },
  );
});

it('SIO4: no event, no arguments and no line make it throw', () => {
  const event = fc.oneof(fc.string(), fc.constantFrom('subscribe', 'publish', 'dispatch', 'peerix:publish'));
  fc.assert(
    fc.property(event, fc.array(fc.anything()), fc.uint8Array(), (name, given, bytes) => {
      dialect.decode(Buffer.from(lineOf(name, given, ['peerix:', ''], 1).line), false);
      dialect.decode(bytes, true);
      dialect.decode(bytes, false);
    }),
    { numRuns: 3_000 },
  );
});
