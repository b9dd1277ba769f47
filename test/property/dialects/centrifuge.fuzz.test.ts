import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CentrifugeDialect } from '../../../src/adapters/dialects/centrifuge/dialect.ts';
import type { ConversationRequest } from '../../../src/application/ports/requests.ts';
import type { PayloadForm, Publication, TopicName } from '../../../src/domain/topic.ts';

const dialect = new CentrifugeDialect({
  path: '/',
  prefixes: [],
  pingInterval: 30_000,
  topicsPerConnection: 100,
  presenceMembers: 10,
  presenceBytes: 100,
});

/** The requests of a connected client. */
function read(...lines: readonly string[]): readonly ConversationRequest[] {
  const conversation = dialect.converse();
  conversation.read(Buffer.from('{"id":1,"connect":{}}'), false);
  return conversation.read(Buffer.from(lines.join('\n')), false);
}

function pushOf(topic: string, payload: Uint8Array, form: PayloadForm): string | undefined {
  const publication: Publication = {
    ...{ id: '1', topics: [topic as TopicName], payload, form },
    ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
  };
  const frame = dialect.converse().encodeEvent({ event: 'publication', publication, subscribers: 1 });
  return frame === undefined ? undefined : Buffer.from(frame).toString();
}

const CHANNEL = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const BLANK = fc.constantFrom('', ' ', '\t', '\r', '  ');

it('CF8: delivers any JSON byte for byte', () => {
  fc.assert(
    fc.property(CHANNEL, fc.json(), BLANK, (channel, data, blank) => {
      const parameters = `{${blank}"channel":${JSON.stringify(channel)},"data"${blank}:${data}${blank}}`;
      const [request] = read(`{"publish":${parameters},${blank}"id":2}`);
      if (request?.action !== 'publish') return expect.fail(`decoded as ${request?.action}`);
      expect(request.draft.topics).toEqual([channel]);
      const frame = pushOf(channel, request.draft.payload, 'json') ?? '';
      expect(frame).toBe(`{"push":{"channel":${JSON.stringify(channel)},"pub":{"data":${data}}}}`);
    }),
    { numRuns: 2_000 },
  );
});

it('CF14: delivers any bytes as a list of numbers', () => {
  fc.assert(
    fc.property(CHANNEL, fc.uint8Array(), (channel, bytes) => {
      const frames = [
        pushOf(channel, bytes, 'bytes'),
        pushOf(channel, Buffer.from(Buffer.from(bytes).toString('base64')), 'text'),
      ];
      for (const frame of frames) expect(JSON.parse(frame ?? '')).toEqual({ push: { channel, pub: { data: [...bytes] } } });
    }),
    { numRuns: 2_000 },
  );
});

/** The action of a line, by a general parser. */
function expectedAction(id: unknown, name: string, parameters: Readonly<Record<string, unknown>>): string {
  const { channel, token, type } = parameters;
  const hasId = typeof id === 'number' && Number.isInteger(id) && id >= 1 && id < 2 ** 32;
  const hasChannel = typeof channel === 'string' && channel !== '';
  const isType = type === undefined || (typeof type === 'number' && type >= 0);
  const isToken = token === undefined || token === null || typeof token === 'string';
  if (!hasId) return 'malformed';
  if (name === 'publish') return hasChannel && 'data' in parameters ? 'publish' : 'malformed';
  if (name === 'unsubscribe') return hasChannel ? 'leave-topics' : 'malformed';
  if (name === 'refresh') return isToken ? 'reply' : 'malformed';
  if (name === 'presence') return hasChannel ? 'list-members' : 'malformed';
  if (name !== 'subscribe') return 'reply';
  if (!hasChannel || !isType) return 'malformed';
  return type === undefined || type === 0 ? 'join-topics' : 'reply';
}

it('CF2: agrees with a general parser on every line', () => {
  const name = fc.constantFrom('publish', 'subscribe', 'unsubscribe', 'refresh', 'presence', 'history', 'rpc', 'other');
  const id = fc.oneof(fc.integer({ min: -2, max: 2 ** 33 }), fc.constantFrom(1.5, '1', null));
  const member = fc.constantFrom('channel', 'data', 'token', 'type', 'recover');
  const value = fc.oneof(fc.string(), fc.nat(), fc.boolean(), fc.constant(null), fc.array(fc.nat()));
  fc.assert(
    fc.property(id, name, fc.dictionary(member, value), (id, name, parameters) => {
      const actions = read(JSON.stringify({ id, [name]: parameters })).map(({ action }) => action);
      expect(actions).toEqual([expectedAction(id, name, parameters)]);
    }),
    { numRuns: 2_000 },
  );
});

it('CF1, CF4: reads one request for each line, and nothing behind a line that it cannot read', () => {
  const lines = ['{}', '{"id":2,"subscribe":{"channel":"a"}}', '{"id":3,"rpc":{}}', '{"id":4}', 'x', '', '{"id":5,"connect":{}}'];
  const bad = new Set(lines.slice(3));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 12 }), (chosen) => {
      const requests = read(...chosen);
      // One line feed may end a frame, so that an empty last line is none.
      const all = chosen.length > 1 && chosen.at(-1) === '' ? chosen.slice(0, -1) : chosen;
      const end = all.findIndex((line) => bad.has(line));
      expect(requests.length).toBe(end < 0 ? all.length : end + 1);
      expect(requests.filter(({ action }) => action === 'malformed').length).toBe(end < 0 ? 0 : 1);
    }),
    { numRuns: 1_000 },
  );
});
