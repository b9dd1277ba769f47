import { describe, expect, it } from 'vitest';
import { readLine } from '../../../../../src/adapters/dialects/nats/verbs.ts';

const read = (line: string): unknown => readLine(Buffer.from(line));

describe('lines of NATS', () => {
  it('NA1: PING and PONG ignore the rest of their line', () => {
    expect(['PING', 'ping\r', 'PINGX', 'Ping a b'].map(read)).toEqual(new Array(4).fill({ verb: 'ping' }));
    expect(['PONG', '+OK', 'INFO {}'].map(read)).toEqual(new Array(3).fill({ verb: 'pong' }));
  });

  it('NA3: CONNECT has the rest of the line as its argument', () => {
    expect([read('CONNECT {"a": "ü"}\r'), read('connect'), read('CONNECT{}')]).toEqual([
      { verb: 'connect', json: '{"a": "ü"}' },
      { verb: 'connect', json: '' },
      { verb: 'connect', json: '{}' },
    ]);
  });

  it('NA11: a sid and a queue are any bytes without blanks, and a subject is UTF-8', () => {
    expect(read('SUB ü q\ud83d\ude00 1\r')).toEqual({ verb: 'sub', subject: 'ü', queue: 'q\u00f0\u009f\u0098\u0080', sid: '1' });
    expect(readLine(Buffer.from('SUB \xff \xfe', 'latin1'))).toEqual({
      verb: 'sub',
      subject: undefined,
      queue: undefined,
      sid: '\xfe',
    });
  });

  it('NA11: a maximum that is no number is none', () => {
    expect(['UNSUB 1', 'UNSUB 1 x', 'UNSUB 1 -2', 'UNSUB 1 1234567890'].map(read)).toEqual(
      new Array(4).fill({ verb: 'unsub', sid: '1', max: 0 }),
    );
    expect(read('UNSUB 1 007')).toEqual({ verb: 'unsub', sid: '1', max: 7 });
  });

  it('NA12: the sizes stand at the end', () => {
    const common = { verb: 'pub', subject: 'a' };
    expect([read('PUB a 03'), read('PUB a r 3'), read('HPUB a r 1 3'), read('HPUB a 3 3')]).toEqual([
      { ...common, reply: undefined, headerBytes: undefined, totalBytes: 3 },
      { ...common, reply: 'r', headerBytes: undefined, totalBytes: 3 },
      { ...common, reply: 'r', headerBytes: 1, totalBytes: 3 },
      { ...common, reply: undefined, headerBytes: 3, totalBytes: 3 },
    ]);
  });

  it.each(['SUB', 'UNSUB', 'PUB', 'INFO', 'X', '', 'SUBa 1', 'RS+ a', 'OK'])('NA8: %s is unknown', (line) => {
    expect(read(line)).toMatchObject({ fault: { text: 'Unknown Protocol Operation', code: 1002 } });
  });

  it.each(['SUB ', 'SUB a', 'PUB a', 'PUB a b', 'PUB a b c 1', 'UNSUB ', 'HPUB a 2 1', '-ERR x'])(
    'NA8: %s is malformed',
    (line) => {
      expect(read(line)).toMatchObject({ fault: { text: undefined, code: 1002 } });
    },
  );
});
