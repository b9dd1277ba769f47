import { describe, expect, it } from 'vitest';
import { readLine } from '../../../../../src/adapters/dialects/socketio/decode.ts';

const read = (line: string) => readLine(Buffer.from(line), false);

describe('SIO6: lines', () => {
  it('join and part, with a receipt or without', () => {
    const selectors = [{ topic: 'garden' }];
    expect(read('["subscribe","garden",1]')).toEqual({ ask: 'join', selectors, receipt: 1 });
    expect(read('["unsubscribe","garden"]')).toEqual({ ask: 'part', selectors, receipt: undefined });
  });

  it('publish', () => {
    const draft = { topics: ['garden'], payload: Buffer.from('AQID') };
    expect(read('["publish","garden","AQID",2]')).toEqual({ ask: 'publish', draft, echo: false, receipt: 2 });
  });

  it.each([
    ['unknown', { ask: 'nothing', why: 'not-relayed' }],
    ['forbidden', { ask: 'nothing', why: 'not-allowed' }],
    ['stay', { ask: 'stay' }],
    ['leave', { ask: 'leave' }],
  ])('%s', (word, request) => expect(read(`["${word}"]`)).toEqual(request));

  it.each(['null', '{}', '', '[]', '["subscribe",5]', '["publish","a",5]', '["else","a"]'])('%j is none', (line) =>
    expect(read(line)).toEqual({ ask: 'unreadable' }),
  );

  it('that is no UTF-8 is none', () => expect(readLine(Buffer.of(0xff), true)).toEqual({ ask: 'unreadable' }));
});
