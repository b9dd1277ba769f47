import { describe, expect, it } from 'vitest';
import { PacketStream } from '../../../../../src/adapters/dialects/mqtt/packet-stream.ts';

/** Reads frames, each from hexadecimal digits. */
function read(stream: PacketStream, ...frames: readonly string[]): unknown[] {
  const packets: unknown[] = [];
  for (const frame of frames) {
    stream.begin(Uint8Array.from(Buffer.from(frame, 'hex')));
    for (let packet = stream.next(); packet !== undefined; packet = stream.next()) {
      if (typeof packet === 'string') return [...packets, packet];
      packets.push(`${packet.header.toString(16)} ${Buffer.from(packet.body).toString('hex')}`);
    }
  }
  return packets;
}

describe('MQ3, W1: a stream of packets', () => {
  it('has any number of packets in a frame, and any number of frames for a packet', () => {
    expect(read(new PacketStream(100), 'c000300161c000')).toEqual(['c0 ', '30 61', 'c0 ']);
    expect(read(new PacketStream(100), 'c0', '00', '30', '03', '61', '6262c0', '', '00')).toEqual(['c0 ', '30 616262', 'c0 ']);
  });

  it('keeps what is incomplete, and not what is announced', () => {
    const stream = new PacketStream(1_000_000);
    read(stream, '30ffff01616161');
    expect([stream.restBytes > 0, stream.restBytes <= 64, stream.isAtEnd]).toEqual([true, true, true]);
    read(stream, '61'.repeat(32_000));
    expect(stream.restBytes).toBeLessThanOrEqual(32_771);
    expect(read(stream, '61'.repeat(764)).length).toBe(1);
    expect(stream.restBytes).toBe(0);
  });

  it('refuses a packet that is too large when its length is read', () => {
    expect(read(new PacketStream(100), '3062')).toEqual([]);
    expect(read(new PacketStream(100), '3063')).toEqual(['too-large']);
    expect(read(new PacketStream(100), '30', 'ff', '7f')).toEqual(['too-large']);
    const stream = new PacketStream(100);
    read(stream, '3063'.padEnd(2_000, '0'));
    expect(stream.restBytes).toBe(0);
  });

  it('refuses a length without an end', () => {
    expect(read(new PacketStream(100), '30ffffffff')).toEqual(['malformed']);
    expect(read(new PacketStream(100), '30', 'ff', 'ff', 'ff', 'ff')).toEqual(['malformed']);
    expect(read(new PacketStream(100), '30ffffff')).toEqual([]);
  });
});
