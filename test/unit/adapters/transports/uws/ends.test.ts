import { expect, it } from 'vitest';
import { endOf } from '../../../../../src/adapters/transports/uws/ends.ts';

const words = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

it.each([
  ['Received too big message', 1009, 'message-too-big'],
  ['Received invalid UTF-8', 1007, 'text-not-utf8'],
  ['Received invalid WebSocket frame', 1002, 'frame-invalid'],
  ['Received invalid close payload', 1002, 'frame-invalid'],
])('M10, M18: a cut by the library with "%s" is a close by the broker with code %i', (reason, code, fault) => {
  expect(endOf(1006, words(reason))).toEqual({ by: 'broker', code, fault });
});

it('B4: a message beyond the reduced limit of a connection has a fault of its own', () => {
  const end = { by: 'broker', code: 1009, fault: 'message-too-big-for-address' };
  expect(endOf(1006, words('Received too big message'), 'message-too-big-for-address')).toEqual(end);
  expect(endOf(1006, words('Received invalid UTF-8'), 'message-too-big-for-address')).toMatchObject({ fault: 'text-not-utf8' });
});

it('a cut for any other reason is a close by the network', () => {
  expect([endOf(1006, words('Received TCP FIN before WebSocket close frame')), endOf(1006, new ArrayBuffer(0))]).toEqual([
    { by: 'network', code: 1006 },
    { by: 'network', code: 1006 },
  ]);
});

it('a close frame is a close by the client, for any reason in it', () => {
  expect(endOf(4321, words('Received too big message'))).toEqual({ by: 'client', code: 4321 });
});
