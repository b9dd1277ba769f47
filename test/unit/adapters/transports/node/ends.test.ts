import { expect, it } from 'vitest';
import { endOfError } from '../../../../../src/adapters/transports/node/ends.ts';

const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

it.each([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009, 'message-too-big'],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 1009, 'message-too-big'],
  ['WS_ERR_INVALID_UTF8', 1007, 'text-not-utf8'],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 1008, 'too-many-fragments'],
  ['WS_ERR_INVALID_OPCODE', 1002, 'frame-invalid'],
])('M10, M18, M23: %s is a close by the broker with code %i', (error, code, fault) => {
  expect(endOfError(failure(error))).toEqual({ by: 'broker', code, fault });
});

it('a system error is a close by the network', () => {
  expect(endOfError(failure('ECONNRESET'))).toEqual({ by: 'network', code: 1006 });
});
