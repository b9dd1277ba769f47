import { describe, expect, it } from 'vitest';
import { readPacket } from '../../../../../src/adapters/transports/socketio/packets.ts';

describe('heads of packets', () => {
  it.each([
    ['40', { type: 'connect', namespace: '/', id: undefined, attachments: 0, start: 2 }],
    ['40{"token":"t"}', { type: 'connect', namespace: '/', id: undefined, attachments: 0, start: 2 }],
    ['40/admin,{}', { type: 'connect', namespace: '/admin', id: undefined, attachments: 0, start: 9 }],
    ['40/admin?key=a,', { type: 'connect', namespace: '/admin', id: undefined, attachments: 0, start: 15 }],
    ['4212["a"]', { type: 'event', namespace: '/', id: 12, attachments: 0, start: 4 }],
    ['42/chat,7["a"]', { type: 'event', namespace: '/chat', id: 7, attachments: 0, start: 9 }],
    ['451-3["a"]', { type: 'binary-event', namespace: '/', id: 3, attachments: 1, start: 5 }],
    ['431[]', { type: 'ack', namespace: '/', id: 1, attachments: 0, start: 3 }],
    ['461-1[]', { type: 'binary-ack', namespace: '/', id: 1, attachments: 1, start: 5 }],
  ])('SIO6: %s', (text, packet) => expect(readPacket(text, 1)).toEqual(packet));

  it.each(['4', '47', '4x', '45["a"]', '421-["a"]', '4511-["a"]', `45${'9'.repeat(20)}-["a"]`])(
    'SIO4: %s is not a packet',
    (text) => expect(readPacket(text, 1)).toBeUndefined(),
  );

  it('SIO4: a number with more digits than an integer holds is not an id', () => {
    expect(readPacket(`42${'1'.repeat(20)}["a"]`, 1)).toMatchObject({ id: 111_111_111_111_111, start: 17 });
  });
});
