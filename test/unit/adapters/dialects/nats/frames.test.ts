import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeExtra,
  encodeExtra,
  errorLine,
  serverLine,
  message,
  noResponders,
} from '../../../../../src/adapters/dialects/nats/frames.ts';

const text = (parts: Uint8Array | readonly Uint8Array[]): string =>
  Buffer.concat(parts instanceof Uint8Array ? [parts] : [...parts]).toString();
const bytes = (written: string): Uint8Array => Uint8Array.from(Buffer.from(written));

describe('frames of NATS', () => {
  it('NA2, NA7: INFO is one line', () => {
    const info = { version: '1.2.3', maxPayload: 7, needsToken: false };
    expect(text(serverLine(info))).toBe(
      'INFO {"server_id":"SIGNALBOX","server_name":"signalbox","version":"1.2.3","proto":1,"headers":true,"max_payload":7}\r\n',
    );
    expect(text(serverLine({ ...info, needsToken: true }, true))).toContain('"auth_required":true,"ldm":true}');
  });

  it('NA12: a message has the size of its payload, and those of its headers', () => {
    const to = { subject: 'ü', sid: '\xff' };
    const plain = message(to, { reply: undefined, headers: new Uint8Array() }, bytes('ü'));
    expect(Buffer.concat([...plain])).toEqual(
      Buffer.concat([Buffer.from('MSG ü '), Buffer.from([0xff]), Buffer.from(' 2\r\nü\r\n')]),
    );
    expect(text(message({ subject: 'a', sid: '1' }, { reply: 'r', headers: bytes('H') }, bytes('xy')))).toBe(
      'HMSG a 1 r 1 3\r\nHxy\r\n',
    );
  });

  it('NA9, NA15: errors and missing responders', () => {
    expect(text(errorLine('x'))).toBe("-ERR 'x'\r\n");
    expect(text(noResponders('r.1', '2'))).toBe('HMSG r.1 2 16 16\r\nNATS/1.0 503\r\n\r\n\r\n');
  });

  it('T13: reply subject and headers survive, and other extras are ignored', () => {
    const reply = fc.option(fc.uint8Array({ minLength: 1, maxLength: 50 }), { nil: undefined });
    const property = fc.property(reply, fc.uint8Array(), (name, headers) => {
      const latin1 = name && Buffer.from(name).toString('latin1');
      expect(decodeExtra(encodeExtra(latin1, headers))).toEqual({ reply: latin1, headers: Buffer.from(headers) });
    });
    fc.assert(property, { numRuns: 500 });
    expect(decodeExtra({ dialect: 'mqtt', bytes: encodeExtra('r').bytes })).toBeUndefined();
    expect([decodeExtra(undefined), decodeExtra({ dialect: 'nats', bytes: new Uint8Array(1) })]).toEqual([undefined, undefined]);
    expect(decodeExtra({ dialect: 'nats', bytes: Uint8Array.of(0, 9, 65) })?.reply).toBe('A');
  });
});
