import { expect, it } from 'vitest';
import { listenError } from '../../../../../src/adapters/transports/shared/listen-errors.ts';

const PLACE = { host: '::', port: 9_000 };

it.each([
  ['EADDRINUSE', 'port-in-use', 'port 9000 on :: is in use: stop the other program or set another --port'],
  [
    'EACCES',
    'port-forbidden',
    'port 9000 on :: is not permitted for this process: use a port above 1023 or grant CAP_NET_BIND_SERVICE',
  ],
  ['EADDRNOTAVAIL', 'address-unavailable', ':: is not an address of this machine (EADDRNOTAVAIL): set another --host'],
  ['ENOTFOUND', 'address-unavailable', ':: is not an address of this machine (ENOTFOUND): set another --host'],
])('%s is reported as %s, in one sentence', (code, reason, sentence) => {
  const { refusal, message } = listenError(code, PLACE);
  expect(refusal).toEqual({ reason, ...PLACE });
  expect(message).toBe(sentence);
});
