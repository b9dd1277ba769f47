import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SocketIoDialect } from '../../../src/adapters/dialects/socketio/dialect.ts';
import { readEvent } from '../../../src/adapters/transports/socketio/events.ts';
import { LineReader, requestLine } from '../../../src/adapters/transports/socketio/lines.ts';
import { encodePayload, MALFORMED, readPayload } from '../../../src/adapters/transports/socketio/payloads.ts';
import { CODE_POINT } from '../../../src/contracts/dialects/code-points.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';
import { sessionIdIn, SocketIoFixture } from '../../support/socketio-fixture.ts';

const dialect = new SocketIoDialect('/socket.io');

it('SIO3, SIO6: delivers any published bytes unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: CODE_POINT, minLength: 1 }), fc.uint8Array(), (namespace, data) => {
      const event = readEvent(JSON.stringify(['publish', namespace, [...data]]), 0, ['']);
      if (typeof event === 'string') return expect.fail(`decoded as ${event}`);
      const request = dialect.decode(requestLine(event.request, 1), false);
      if (request.action !== 'publish') return expect.fail(`decoded as ${request.action}`);
      const { topics, payload } = request.draft;
      const publication: Publication = {
        ...{ id: '1', topics: topics as TopicName[], payload },
        ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
      };
      const line = dialect.encodeEvent({ event: 'publication', publication, subscribers: 1 });
      const encoded = new LineReader().read(line ?? new Uint8Array());
      if (encoded.word !== 'message') return expect.fail(`encoded as ${encoded.word}`);
      const packet = Buffer.from(encoded.publication.under('a:')).toString();
      expect(JSON.parse(packet.slice(2))).toEqual(['a:message', namespace, [...data]]);
    }),
    { numRuns: 2_000 },
  );
});

it('SIO4: agrees with a general parser on every event', () => {
  const event = fc.oneof(fc.string(), fc.constantFrom('subscribe', 'publish', 'dispatch', 'peerix:publish'));
  const value = fc.oneof(
    fc.json(),
    fc.array(fc.integer({ min: -1, max: 300 })).map((list) => JSON.stringify(list)),
  );
  fc.assert(
    fc.property(event, fc.string(), fc.array(value), fc.constantFrom('', ' ', '\n\t'), (name, namespace, rest, blank) => {
      const text = `[${[JSON.stringify(name), JSON.stringify(namespace), ...rest].join(`${blank},${blank}`)}]`;
      const read = readEvent(text, 0, ['peerix:', '']);
      const verb = name.replace(/^peerix:/, '').replace('dispatch', 'publish');
      const data: unknown = rest[0] === undefined ? undefined : JSON.parse(rest[0]);
      const isList = Array.isArray(data) && data.every((one) => Number.isInteger(one) && one >= 0 && one <= 255);
      if (verb === 'subscribe') expect(read).toMatchObject({ request: { verb, namespace } });
      else if (verb !== 'publish') expect(read).toBe('unknown');
      else {
        expect(read).toEqual(
          isList ? expect.objectContaining({ request: { verb, namespace, data: Buffer.from(data as number[]) } }) : 'malformed',
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

it('SIO9, SIO11: reads encoded payloads unchanged, and terminates for any other bytes', () => {
  const packet = fc
    .string({ unit: 'binary-ascii', minLength: 1 })
    .filter((text) => !text.includes('\x1e') && !text.startsWith('b'));
  fc.assert(
    fc.property(
      fc.array(packet, { minLength: 1 }),
      fc.uint8Array(),
      fc.constantFrom(3, 4),
      fc.boolean(),
      (packets, noise, protocol, isBinary) => {
        const body = encodePayload(
          packets.map((text) => Buffer.from(text)),
          protocol,
        );
        expect([...readPayload(Buffer.from(body), protocol, false)]).toEqual(packets);
        const read = [...readPayload(Buffer.from(noise), protocol, isBinary)];
        expect(read.slice(0, -1)).not.toContain(MALFORMED);
      },
    ),
    { numRuns: 2_000 },
  );
});

const PACKETS = [
  '40',
  '41',
  '1',
  '2',
  '2probe',
  '3',
  '5',
  '420["subscribe","a"]',
  '42["publish","a",[1]]',
  '452-["publish"]',
  '430[]',
  '40/x',
  '7',
  '',
];
const QUERIES = [
  'EIO=4&transport=polling',
  'EIO=3&transport=polling',
  'EIO=4&transport=websocket',
  'EIO=3&transport=websocket',
  'EIO=2',
  'transport=polling&EIO=4&j=1',
  'EIO=4&EIO=4&transport=polling',
];

/** Actions of clients. */
const step = fc.oneof(
  fc.record({ does: fc.constantFrom('open', 'get'), query: fc.constantFrom(...QUERIES), of: fc.nat(9), withSid: fc.boolean() }),
  fc.record({
    does: fc.constant('send'),
    packet: fc.oneof(fc.constantFrom(...PACKETS), fc.string(), fc.uint8Array({ maxLength: 20 })),
    of: fc.nat(9),
  }),
  fc.record({
    does: fc.constant('post'),
    packets: fc.array(fc.oneof(fc.constantFrom(...PACKETS), fc.string()), { maxLength: 5 }),
    of: fc.nat(9),
    isOld: fc.boolean(),
  }),
  fc.record({ does: fc.constantFrom('abort', 'cut', 'receipt', 'end', 'pause', 'resume'), of: fc.nat(9) }),
  fc.record({ does: fc.constant('wait'), duration: fc.constantFrom(0, 1, 2_000, 10_000) }),
);

it('SIO7, SIO9: ends each admission once, and all of them after all clients disconnect, for any actions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const fixture = new SocketIoFixture({ protocols: [4, 3] });
      const [sockets, requests, sids] = [
        [] as ReturnType<SocketIoFixture['webSocket']>[],
        [] as ReturnType<SocketIoFixture['get']>[],
        ['unknown'],
      ];
      const pick = <T>(list: readonly T[], of: number): T | undefined => list[of % Math.max(1, list.length)];
      const openSocket = (of: number) =>
        pick(
          fixture.gateway.connections.filter(({ closedCount }) => closedCount === 0),
          of,
        )?.socket;
      for (const one of steps) {
        if ('query' in one) {
          const query = one.withSid ? `${one.query}&sid=${pick(sids, one.of)}` : one.query;
          if (one.does === 'open') sockets.push(fixture.webSocket(query));
          else {
            const request = fixture.get(query);
            requests.push(request);
            if (request.answered?.body.includes('"sid"') === true) {
              sids.push(/"sid":"([^"]+)"/.exec(request.answered.body)?.[1] ?? '');
            }
          }
        } else if ('packet' in one) pick(sockets, one.of)?.send(one.packet);
        else if ('packets' in one) {
          const target = `/socket.io/?EIO=${one.isOld ? 3 : 4}&transport=polling&sid=${pick(sids, one.of)}`;
          requests.push(fixture.memory.request('POST', target, { body: one.packets.join('\x1e') }));
        } else if ('duration' in one) await fixture.advance(one.duration);
        else if (one.does === 'abort') pick(requests, one.of)?.abort();
        else if (one.does === 'cut') pick(sockets, one.of)?.cut();
        else if (one.does === 'receipt') fixture.sendLine('receipt', 1);
        else if (one.does === 'end') openSocket(one.of)?.close(1000, '');
        else if (one.does === 'pause') openSocket(one.of)?.pause();
        else openSocket(one.of)?.resume();
      }
      await fixture.advance();
      for (const socket of sockets) socket.cut();
      for (const request of requests) request.abort();
      for (const { socket } of fixture.gateway.connections) socket.close(1000, '');
      await fixture.advance(10_000);
      await fixture.advance(10_000);
      expect(fixture.events).toEqual([]);
      expect(fixture.admissions).toBe(0);
      expect(fixture.gateway.connections.filter(({ closedCount, late }) => closedCount !== 1 || late.length > 0)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('SIO9: generates a unique id for each session', () => {
  const fixture = new SocketIoFixture();
  const ids = Array.from({ length: 50 }, () => sessionIdIn(fixture.get('EIO=4&transport=polling').answered));
  expect(new Set(ids).size).toBe(50);
});
