import { expect, it } from 'vitest';
import { listenError } from '../../../../../src/adapters/transports/shared/listen-errors.ts';

const PLACE = { host: '::', port: 9_000 };

it.each([
  ['EADDRINUSE', 'port-in-use', 'port 9000 on :: is in use'],
  ['EACCES', 'port-forbidden', 'port 9000 on :: is forbidden to this process'],
  ['EADDRNOTAVAIL', 'address-unavailable', ':: is no address of this machine (EADDRNOTAVAIL)'],
  ['ENOTFOUND', 'address-unavailable', ':: is no address of this machine (ENOTFOUND)'],
])('%s is told as %s, in one sentence', (code, reason, sentence) => {
  const { refusal, message } = listenError(code, PLACE);
  expect(refusal).toEqual({ reason, ...PLACE });
  expect(message).toBe(sentence);
});
