import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VerbReader, type Verb } from '../../../../../src/adapters/dialects/nats/reader.ts';

const LIMITS = { lineBytes: 64, payloadBytes: 1_000, verbsPerFrame: 50 };

/** The verbs as texts, without those behind a fault. */
function read(frames: readonly Uint8Array[], reader = new VerbReader(LIMITS)): string[] {
  const verbs: Verb[] = [];
  for (const frame of frames) {
    if (verbs.at(-1)?.verb === 'fault') break;
    verbs.push(...reader.read(frame));
  }
  return verbs.map((verb) => {
    if (verb.verb === 'fault') return `fault ${verb.fault.why}`;
    if (verb.verb !== 'publish') return JSON.stringify(verb);
    const { head, headers, payload } = verb;
    return `${head.subject} ${head.reply} ${headers && Buffer.from(headers).toString('hex')} ${Buffer.from(payload).toString('hex')}`;
  });
}

const PIECES = [
  ...['PING\r\n', 'pong\n', 'SUB a 1\r\n', 'SUB a  g\t1 \r\n', 'UNSUB 1 5\r\n', 'CONNECT {"a":1}\r\n', 'PUB a 3\r\na\r\n\r\n'],
  ...[
    'PUB a r 0\r\n\r\n',
    'HPUB a r 2 4\r\nHHpp\r\n',
    'hpub a 0 0\n\r\n',
    '+OK\r\n',
    'INFO {}\r\n',
    'PUB a 2\r\nxyz\r\n',
    'X\r\n',
  ],
];

describe('VerbReader', () => {
  it('NA1, NA11, NA12: reads verbs in any case, with blanks and tabs, and lines that end in LF', () => {
    expect(read([Buffer.from('ping\nSub\ta  b 1\t\r\nPUB a b 2\nhi\r\nHpub x 1 3\r\nHhi\r\nunsub 7\r\n')])).toEqual([
      '{"verb":"ping"}',
      '{"verb":"sub","subject":"a","queue":"b","sid":"1"}',
      'a b undefined 6869',
      'x undefined 48 6869',
      '{"verb":"unsub","sid":"7","max":0}',
    ]);
  });

  it('W1: reads the same verbs wherever frames are cut', () => {
    const stream = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join('')));
    const property = fc.property(stream, fc.array(fc.nat(200), { maxLength: 20 }), (bytes, places) => {
      const at = [0, ...places.map((place) => Math.min(place, bytes.length)).sort((one, other) => one - other), bytes.length];
      const frames = at.slice(1).map((end, n) => bytes.subarray(at[n], end));
      expect(read(frames)).toEqual(read([bytes]));
      expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(read([bytes]));
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('NA8: refuses an announced payload before it arrives, and collects nothing for it', () => {
    const reader = new VerbReader(LIMITS);
    expect([read([Buffer.from('PUB a 1001\r\n')], reader), reader.restBytes]).toEqual([
      ...[['fault maximum message payload exceeded'], 0],
    ]);
  });

  it('W1: keeps memory for the bytes that arrived, not for those that were announced', () => {
    const reader = new VerbReader({ ...LIMITS, payloadBytes: 1_000_000 });
    expect([read([Buffer.from('PUB a 1000000\r\nx')], reader), reader.restBytes]).toEqual([[], 64]);
    for (let n = 0; n < 1_000; n++) reader.read(new Uint8Array(1_000).slice(0, n === 999 ? 999 : 1_000));
    expect(reader.restBytes).toBeLessThanOrEqual(1_000_002);
    expect(read([Buffer.from('\r\n')], reader)).toHaveLength(1);
    expect(reader.restBytes).toBe(0);
  });

  it('NA8: refuses a long line, complete or not', () => {
    const long = 'a'.repeat(61);
    for (const text of [`PUB ${long}`, `PUB ${long} 0\r\n`]) {
      expect(read([Buffer.from(text)])).toEqual(['fault maximum control line exceeded']);
    }
  });

  it('M23: reads a limited number of verbs of one frame', () => {
    const verbs = read([Buffer.from('PING\r\n'.repeat(60))]);
    expect([verbs.length, verbs.at(-1)]).toEqual([51, 'fault too many verbs in one frame']);
  });

  it('W1: a payload stays the same after later frames', () => {
    const reader = new VerbReader(LIMITS);
    reader.read(Buffer.from('PUB a 2\r\nh'));
    const [first] = reader.read(Buffer.from('i\r\nPUB a 2\r\nx'));
    reader.read(Buffer.from('y\r\n'));
    expect(first?.verb === 'publish' && Buffer.from(first.payload).toString()).toBe('hi');
  });
});
