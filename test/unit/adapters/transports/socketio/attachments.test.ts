import { expect, it } from 'vitest';
import { AttachmentBuffer } from '../../../../../src/adapters/transports/socketio/attachments.ts';
import { BUFFER_BYTES } from '../../../../../src/domain/memory-sizes.ts';
import { readPacket, type Packet } from '../../../../../src/adapters/transports/socketio/packets.ts';

const TEXT = '452-["publish"]';
const packet = readPacket(TEXT, 1) as Packet;

it('SIO3: a packet is complete with its last attachment; borrowed bytes are copied', () => {
  const buffer = new AttachmentBuffer(100, () => undefined);
  expect([buffer.isWaiting, buffer.add(Buffer.of(1))]).toEqual([false, undefined]);
  buffer.expect(TEXT, packet);
  const lent = Buffer.of(1);
  expect(buffer.add(lent)).toBeUndefined();
  lent.fill(9);
  expect(buffer.add(Buffer.of(2))).toEqual({ text: TEXT, packet, attachments: [Uint8Array.of(1), Uint8Array.of(2)] });
  expect(buffer.isWaiting).toBe(false);
});

it('M18: a packet with its attachments is limited to the size of a message', () => {
  const buffer = new AttachmentBuffer(TEXT.length + 3, () => undefined);
  buffer.expect(TEXT, packet);
  expect([buffer.add(Buffer.alloc(3)), buffer.add(Buffer.alloc(1))]).toEqual([undefined, 'too big']);
  buffer.clear();
  expect(buffer.isWaiting).toBe(false);
});

it('B5: a packet that waits for attachments is counted with them until it is complete or dropped', () => {
  const counted: number[] = [];
  const buffer = new AttachmentBuffer(100, (bytes) => void counted.push(bytes));
  buffer.expect(TEXT, packet);
  buffer.add(Buffer.alloc(3));
  buffer.add(Buffer.alloc(4));
  buffer.expect('451-["\u4e00"]', packet);
  buffer.clear();
  buffer.clear();
  const text = TEXT.length + BUFFER_BYTES;
  expect(counted).toEqual([text, text + 3 + BUFFER_BYTES, 0, 11 + BUFFER_BYTES, 0]);
});
