import { describe, expect, it } from 'vitest';
import { endingFrame, FAULTS, frameOf, refusalFrame } from '../../../../../src/adapters/dialects/nats/codes.ts';

const text = ({ frame, code }: ReturnType<typeof frameOf>): unknown[] => [frame && Buffer.from(frame).toString(), code];

describe('close codes of NATS', () => {
  it('NA8: an error precedes the close', () => {
    expect(text(frameOf(FAULTS.longLine))).toEqual(["-ERR 'maximum control line exceeded'\r\n", 1008]);
    expect(text(frameOf(FAULTS.badArguments))).toEqual([undefined, 1002]);
  });

  it('NA3, NA6: a silent client is too late, or stale', () => {
    expect(text(endingFrame('silent', false))).toEqual(["-ERR 'Authentication Timeout'\r\n", 1008]);
    expect(text(endingFrame('silent', true))).toEqual(["-ERR 'Stale Connection'\r\n", 1001]);
  });

  it('NA5, NA8: a refused client learns whether its credentials are the reason', () => {
    expect(text(refusalFrame({ reason: 'token-missing' }))).toEqual(["-ERR 'Authorization Violation'\r\n", 1008]);
    expect(text(refusalFrame({ reason: 'realm-full' }))).toEqual(["-ERR 'maximum connections exceeded'\r\n", 1008]);
    expect(text(refusalFrame({ reason: 'authorizer-unreachable' }))).toEqual([undefined, 1013]);
  });
});
