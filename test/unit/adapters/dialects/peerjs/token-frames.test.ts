import { expect, it } from 'vitest';
import { tokenFrame } from '../../../../../src/adapters/dialects/peerjs/token-frames.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

const text = (...parameters: Parameters<typeof tokenFrame>): string => Buffer.from(tokenFrame(...parameters)).toString();

it('A7: has whole seconds, the text of A6, and no expiry for a grant without one', () => {
  expect(text({ notice: 'expiring', in: 59_999 })).toBe('{"type":"TOKEN-EXPIRING","payload":{"in":59}}');
  expect(text({ notice: 'accepted', in: 900_000 })).toBe('{"type":"TOKEN-ACCEPTED","payload":{"in":900}}');
  expect(text({ notice: 'accepted', in: NEVER })).toBe('{"type":"TOKEN-ACCEPTED","payload":{}}');
  const refusal = { reason: 'token-invalid', detail: 'signature' } as const;
  expect(text({ notice: 'refused', refusal })).toBe('{"type":"TOKEN-REFUSED","payload":{"msg":"Invalid token"}}');
});
