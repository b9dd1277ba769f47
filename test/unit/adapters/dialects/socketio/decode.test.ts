import { describe, expect, it } from 'vitest';
import { readLine } from '../../../../../src/adapters/dialects/socketio/decode.ts';

const read = (line: string) => readLine(Buffer.from(line), false);

describe('SIO6: decoded lines', () => {
  it('subscribe and unsubscribe, with or without a receipt', () => {
    const selectors = [{ topic: 'garden' }];
    expect(read('["subscribe","garden",1]')).toEqual({ action: 'join-topics', selectors, receipt: 1 });
    expect(read('["unsubscribe","garden"]')).toEqual({ action: 'leave-topics', selectors, receipt: undefined });
  });

  it('publish', () => {
    const draft = { topics: ['garden'], payload: Buffer.from('AQID') };
    expect(read('["publish","garden","AQID",2]')).toEqual({ action: 'publish', draft, echo: false, receipt: 2 });
  });

  it.each([
    ['unknown', { action: 'ignore', why: 'not-relayed' }],
    ['forbidden', { action: 'ignore', why: 'not-allowed' }],
    ['stay', { action: 'heartbeat' }],
    ['leave', { action: 'leave' }],
  ])('%s', (word, request) => expect(read(`["${word}"]`)).toEqual(request));

  it.each(['null', '{}', '', '[]', '["subscribe",5]', '["publish","a",5]', '["else","a"]'])('%j is malformed', (line) =>
    expect(read(line)).toEqual({ action: 'malformed' }),
  );

  it('are malformed if they are not UTF-8', () => expect(readLine(Buffer.of(0xff), true)).toEqual({ action: 'malformed' }));
});
