import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NatsDialect } from '../../../src/adapters/dialects/nats/dialect.ts';
import type { Conversation } from '../../../src/application/ports/dialect.ts';
import type { ConversationRequest } from '../../../src/application/ports/requests.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';

const SETTINGS = { path: '/', prefixes: [], topicsPerConnection: 100, version: '0.1.0', needsToken: false };
const dialect = new NatsDialect(SETTINGS);

/** A client that is subscribed to all subjects. */
function subscribed(): Conversation {
  const conversation = dialect.converse({ maxMessageBytes: 100_000 });
  for (const request of conversation.read(Buffer.from('CONNECT {"verbose":false,"headers":true}\r\nSUB > sid\r\n'), true)) {
    if (request.action === 'join-topics') conversation.encodeEvent({ event: 'receipt', receipt: request.receipt ?? 0 });
  }
  return conversation;
}

function delivered(request: ConversationRequest | undefined): Buffer {
  if (request?.action !== 'publish') return expect.fail(`decoded as ${request?.action}`);
  const { payload, form, topics, extra } = request.draft;
  const publication: Publication = {
    ...{ id: '1', topics: topics as TopicName[], payload, form, extra },
    ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
  };
  return Buffer.from(subscribed().encodeEvent({ event: 'publication', publication, subscribers: 1 }) ?? '');
}

const TOKEN = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/[\s.*>]/.test(text));
const SUBJECT = fc.array(TOKEN, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join('.'));
const CUTS = fc.array(fc.nat(300), { maxLength: 6 });

/** Reads a text in frames that cut it anywhere. */
function read(bytes: Uint8Array, cuts: readonly number[]): readonly ConversationRequest[] {
  const conversation = subscribed();
  const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((one, other) => one - other), bytes.length];
  return at.slice(1).flatMap((end, n) => [...conversation.read(bytes.subarray(at[n], end), true)]);
}

it('NA12: delivers any bytes, with any headers and reply subject, wherever frames are cut', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const property = fc.property(SUBJECT, fc.option(SUBJECT), bytes, bytes, CUTS, (subject, reply, headers, payload, cuts) => {
    const back = reply === null ? '' : ` ${reply}`;
    const sizes = headers.length === 0 ? payload.length : `${headers.length} ${headers.length + payload.length}`;
    const verb = headers.length === 0 ? 'PUB' : 'HPUB';
    const rest = Buffer.concat([headers, payload, Buffer.from('\r\n')]);
    const requests = read(Buffer.concat([Buffer.from(`${verb} ${subject}${back} ${sizes}\r\n`), rest]), cuts);
    expect(requests.length).toBe(1);
    const head = `${verb.replace('PUB', 'MSG')} ${subject} sid${back} ${sizes}\r\n`;
    expect(delivered(requests[0])).toEqual(Buffer.concat([Buffer.from(head), rest]));
  });
  fc.assert(property, { numRuns: 2_000 });
});

it('NA8: reads nothing behind bytes that it cannot read, and never throws', () => {
  const line = fc.constantFrom(
    'PING',
    'PUB a 1\r\nx',
    'SUB a 1',
    'UNSUB 1',
    'X',
    '',
    'PUB a',
    'PUB a 9999999',
    'CONNECT {',
    'HPUB a 3 1',
  );
  const bad = new Set(['X', '', 'PUB a', 'PUB a 9999999', 'CONNECT {', 'HPUB a 3 1']);
  const property = fc.property(fc.array(line, { minLength: 1, maxLength: 10 }), CUTS, (lines, cuts) => {
    const requests = read(Buffer.from(lines.map((text) => `${text}\r\n`).join('')), cuts);
    const end = lines.findIndex((text) => bad.has(text));
    expect(requests.length).toBe(end < 0 ? lines.length : end + 1);
    expect(requests.filter(({ action }) => action === 'malformed').length).toBe(end < 0 ? 0 : 1);
  });
  fc.assert(property, { numRuns: 1_000 });
});
