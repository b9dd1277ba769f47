import { describe, expect, it } from 'vitest';
import { Decoder } from '../../../../../src/adapters/dialects/peerjs/decode.ts';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';

const decoder = new Decoder(new TextCache());

const MALFORMED = { action: 'malformed' };
const NOT_RELAYED = { action: 'ignore', why: 'not-relayed' };
const NOT_TEXT = { action: 'ignore', why: 'destination-not-text' };

/** The request of a frame, with its payload as text. */
function read(frame: string | Uint8Array, isBinary = false): object {
  const request = decoder.decode(Buffer.from(frame), isBinary);
  if (request.action !== 'relay') return request;
  return { ...request, payload: request.payload && Buffer.from(request.payload).toString() };
}

function offer(to: string | undefined, payload?: string): object {
  return { action: 'relay', kind: 'offer', to, payload };
}

describe('relayed messages', () => {
  it.each([
    ['M1', 'OFFER', 'offer'],
    ['M1', 'ANSWER', 'answer'],
    ['M1', 'CANDIDATE', 'candidate'],
    ['M6', 'LEAVE', 'leave'],
    ['M1', 'EXPIRE', 'expire'],
  ])('%s: %s', (_, type, kind) => {
    const request = { action: 'relay', kind, to: 'bob', payload: '{"a":1}' };
    expect(read(`{"type":"${type}","dst":"bob","payload":{"a":1}}`)).toEqual(request);
  });

  it('M1: src and unknown members are ignored', () => {
    expect(read('{"src":"mallory","type":"OFFER","ttl":[{}],"dst":"bob","payload":1,"from":null}')).toEqual(offer('bob', '1'));
  });

  it('M1: members are read in any order, with any whitespace between', () => {
    const frame = '\r\n\t { "payload"\t:\n{ "a" : [ 1 , 2 ] } \n,"dst" :"bob"\r, "type": "OFFER" }\n ';
    expect(read(frame)).toEqual(offer('bob', '{ "a" : [ 1 , 2 ] }'));
  });

  it('M5: a binary frame is read like a text frame', () => {
    expect(read('{"type":"OFFER","dst":"bób","payload":"😀"}', true)).toEqual(offer('bób', '"😀"'));
  });

  it('M5, M10: a binary frame with invalid UTF-8 at any place is malformed', () => {
    for (const broken of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80]]) {
      for (const frame of ['{"type":"OFFER","dst":"bob","payload":"?"}', '{"type":"OFFER","?":1,"dst":"bob"}']) {
        const [before = '', after = ''] = frame.split('?');
        const bytes = Buffer.concat([Buffer.from(before), Buffer.from(broken), Buffer.from(after)]);
        expect(read(bytes, true)).toEqual(MALFORMED);
      }
    }
  });
});

describe('payloads', () => {
  it('M2: each value is located and unchanged', () => {
    const values = [
      ...['null', 'true', 'false', '""', '"a"', '[]', '{}', '0', '-0', '1.10', '-1.5E+07', '1e400'],
      ...['[[],{},""]', '"}"', '"\\"}"'],
      ...['9'.repeat(400), `0.${'1'.repeat(400)}e-${'9'.repeat(400)}`, '12345678901234567890123'],
      ...['"\u2028\u2029"', '"\\ud800"', '"\\u2028\\/\\b"', '{"__proto__":{"__proto__":null}}', '{"type":"LEAVE","dst":"eve"}'],
    ];
    for (const value of values) {
      expect(read(`{"type":"OFFER","dst":"bob","payload":${value}}`), value).toEqual(offer('bob', value));
    }
  });

  it('M2: an absent payload stays absent, null is a payload', () => {
    expect(read('{"type":"OFFER","dst":"bob"}')).toEqual(offer('bob'));
    expect(read('{"type":"OFFER","dst":"bob","payload":null}')).toEqual(offer('bob', 'null'));
  });

  it('M2: 100,000 levels are read, in the payload or in another member', () => {
    const arrays = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const objects = `${'{"a":'.repeat(100_000)}0${'}'.repeat(100_000)}`;
    for (const deep of [arrays, objects]) {
      expect(read(`{"type":"OFFER","dst":"bob","payload":${deep}}`)).toEqual(offer('bob', deep));
      expect(read(`{"beside":${deep},"type":"OFFER","dst":"bob"}`)).toEqual(offer('bob'));
      expect(read(`{"type":"OFFER","dst":"bob","payload":${deep.slice(0, -1)}}`)).toEqual(MALFORMED);
    }
  });

  it('M2: a payload is a view, also if the frame is part of a larger buffer', () => {
    const memory = Buffer.from('xxx{"type":"OFFER","dst":"bob","payload":[1]}yyy');
    const request = decoder.decode(memory.subarray(3, -3), false);
    if (request.action !== 'relay') return expect.fail('expected an offer');
    expect(request.payload?.buffer).toBe(memory.buffer);
    memory.fill('z');
    expect(Buffer.from(request.payload ?? []).toString()).toBe('zzz');
  });
});

describe('repeated and escaped members', () => {
  it('M3: the last one of each name applies', () => {
    expect(read('{"dst":"a","type":"LEAVE","payload":1,"type":"OFFER","dst":"bob","payload":2}')).toEqual(offer('bob', '2'));
  });

  it('M3: the last one applies, also if it is invalid', () => {
    expect(read('{"type":"OFFER","dst":"bob","dst":5}')).toEqual(NOT_TEXT);
    expect(read('{"type":"OFFER","dst":"bob","dst":null}')).toEqual(offer(undefined));
    expect(read('{"type":"OFFER","dst":"bob","type":"OPEN"}')).toEqual(NOT_RELAYED);
    expect(read('{"type":"OFFER","dst":"bob","type":null}')).toEqual(NOT_RELAYED);
    expect(read('{"type":"OFFER","dst":"bob","payload":1,"payload":null}')).toEqual(offer('bob', 'null'));
  });

  it('M3: the last one applies, also if an earlier one is invalid', () => {
    expect(read('{"type":7,"dst":[],"type":"OFFER","dst":"bob"}')).toEqual(offer('bob'));
  });

  it('M3: an escaped name is the same name', () => {
    expect(read('{"ty\\u0070e":"OFFER","d\\u0073t":"bob","\\u0070ayload":1}')).toEqual(offer('bob', '1'));
    expect(read('{"dst":"a","\\u0064\\u0073\\u0074":"bob","type":"OFFER"}')).toEqual(offer('bob'));
    const payload = '\\u0070\\u0061\\u0079\\u006C\\u006f\\u0061\\u0064';
    expect(read(`{"type":"OFFER","dst":"bob","${payload}":[]}`)).toEqual(offer('bob', '[]'));
  });

  it('M1: a similar name is a different name', () => {
    const close = ['Type', 'type ', ' type', 'typ', 'types', 'ty\\u0070e\\u0000', '\\ud800type', 't\u0443pe'];
    for (const name of ['', ...close, 'payload'.repeat(20)]) {
      expect(read(`{"${name}":"OFFER","dst":"bob"}`), name).toEqual(NOT_RELAYED);
    }
    expect(read('{"__proto__":{"type":"OFFER","dst":"bob"}}')).toEqual(NOT_RELAYED);
    expect(read('{"payload":{"type":"OFFER","dst":"bob"}}')).toEqual(NOT_RELAYED);
  });

  it('M1: a type may be escaped, and is case-sensitive', () => {
    expect(read('{"type":"\\u004fFFER","dst":"bob"}')).toEqual(offer('bob'));
    for (const type of ['offer', 'Offer', 'OFFER ', 'OFFER\\u0000', '\ufeffOFFER']) {
      expect(read(`{"type":"${type}","dst":"bob"}`), type).toEqual(NOT_RELAYED);
    }
  });
});

describe('destinations', () => {
  it('O7: any string is accepted, escaped or not', () => {
    expect(read('{"type":"OFFER","dst":"\\u005f_proto__"}')).toEqual(offer('__proto__'));
    expect(read('{"type":"OFFER","dst":"a\\"b\\\\c\\/d\\n😀\\ud83d\\ude00\u2028"}')).toEqual(offer('a"b\\c/d\n😀😀\u2028'));
    expect(read('{"type":"OFFER","dst":"\ufeffbob"}')).toEqual(offer('\ufeffbob'));
  });

  it('M13: a lone surrogate is accepted as text', () => {
    expect(read('{"type":"OFFER","dst":"\\ud83d"}')).toEqual(offer('\ud83d'));
  });

  it('M11: a value that is not a string is ignored', () => {
    for (const dst of ['5', '0', '-1.5e3', 'true', 'false', '[]', '["bob"]', '{}', '{"dst":"bob"}']) {
      expect(read(`{"type":"OFFER","dst":${dst}}`), dst).toEqual(NOT_TEXT);
      expect(read(`{"type":"LEAVE","dst":${dst}}`), dst).toEqual(NOT_TEXT);
    }
  });

  it('M12: null and the empty string are not a destination', () => {
    expect(read('{"type":"OFFER","dst":null}')).toEqual(offer(undefined));
    expect(read('{"type":"OFFER","dst":""}')).toEqual(offer(''));
    expect(read('{"type":"OFFER","payload":1}')).toEqual(offer(undefined, '1'));
  });

  it('M7: LEAVE without a destination ends the session, with any payload', () => {
    for (const frame of ['{"type":"LEAVE"}', '{"type":"LEAVE","dst":null}', '{"type":"LEAVE","dst":"","payload":1}']) {
      expect(read(frame), frame).toEqual({ action: 'leave' });
    }
  });
});

describe('messages that are not relayed', () => {
  it('M8: a heartbeat only keeps the peer alive, with any other members', () => {
    const frames = ['{"type":"HEARTBEAT"}', '{"type":"HEARTBEAT","dst":5,"payload":{}}', '{"dst":"bob","type":"HEARTBEAT"}'];
    for (const frame of frames) expect(read(frame), frame).toEqual({ action: 'heartbeat' });
  });

  it('M9: other types, and a missing type, are ignored', () => {
    const names = ['"OPEN"', '"ID-TAKEN"', '"ERROR"', '"__proto__"', '"constructor"', '""'];
    for (const type of [...names, '5', 'null', '["OFFER"]', '{}', 'true']) {
      expect(read(`{"type":${type},"dst":"bob","payload":1}`), type).toEqual(NOT_RELAYED);
    }
    expect(read('{}')).toEqual(NOT_RELAYED);
    expect(read(' { } ')).toEqual(NOT_RELAYED);
  });
});

describe('malformed frames', () => {
  it('M10: JSON that is not an object', () => {
    for (const frame of ['null', 'true', '5', '"OFFER"', '[]', '[{"type":"OFFER","dst":"bob"}]', ' null ']) {
      expect(read(frame), frame).toEqual(MALFORMED);
    }
  });

  it('M10: an empty frame, whitespace, and an unfinished object', () => {
    const unfinished = ['{', '{"', '{"type', '{"type"', '{"type":', '{"type":"OFFER"', '{"type":"OFFER",'];
    for (const frame of ['', ' ', '\n', '}', '{,}', '{"a":1,}', ...unfinished]) expect(read(frame), frame).toEqual(MALFORMED);
  });

  it('M10: an object with other characters before or after it', () => {
    const object = '{"type":"OFFER","dst":"bob"}';
    for (const after of [object, ',', '}', ']', 'x', '\u0000', '\u00a0', ' 1']) {
      expect(read(`${object}${after}`), after).toEqual(MALFORMED);
    }
    for (const before of ['\ufeff', 'x', '\u0000', ',', '[', '{']) expect(read(`${before}${object}`), before).toEqual(MALFORMED);
  });

  it('M10: whitespace that JSON does not allow', () => {
    for (const space of ['\u00a0', '\u2028', '\u000b', '\u000c', '\ufeff', '/**/']) {
      expect(read(`{${space}"type":"OFFER"}`), space).toEqual(MALFORMED);
      expect(read(`{"type":${space}"OFFER"}`), space).toEqual(MALFORMED);
    }
  });

  it('M10: syntax of other notations', () => {
    const others = ["{'type':'OFFER'}", '{type:"OFFER"}', '{"type"="OFFER"}', '{"type":"OFFER";"dst":"bob"}'];
    for (const frame of [...others, '{"a":.5}', '{"a":undefined}']) expect(read(frame), frame).toEqual(MALFORMED);
  });

  it('M10: a syntax error anywhere, also after all members that are read', () => {
    for (const fault of ['01', '1.', '+1', 'NaN', '"\t"', '"\\x"', '[1,]', '{"a"}', 'nul', '']) {
      expect(read(`{"type":"OFFER","dst":"bob","payload":1,"more":${fault}}`), fault).toEqual(MALFORMED);
      expect(read(`{"type":"HEARTBEAT","payload":${fault}}`), fault).toEqual(MALFORMED);
    }
  });
});

describe('A7: a fresh token', () => {
  const refresh = (token: string | undefined): object => ({ action: 'refresh-token', token });

  it('is read from the payload of TOKEN', () => {
    expect(read('{"type":"TOKEN","payload":{"token":"a.b.c"}}')).toEqual(refresh('a.b.c'));
    expect(read(' { "payload" : { "x" : 1 , "token" : "\\u0061" } , "type" : "TOKEN" } ', true)).toEqual(refresh('a'));
  });

  it('is missing in any other payload', () => {
    for (const payload of ['null', '"a"', '[]', '{}', '{"token":null}', '{"token":1}', '{"token":{"token":"a"}}']) {
      expect(read(`{"type":"TOKEN","payload":${payload}}`)).toEqual(refresh(undefined));
    }
    expect(read('{"type":"TOKEN"}')).toEqual(refresh(undefined));
  });
});
