import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { PacedSocket } from '../../../src/application/paced-socket.ts';
import { echoed } from '../../../src/domain/ids.ts';
import { notice } from '../../../src/domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../src/domain/memory-sizes.ts';
import type { Socket } from '../../../src/application/ports/socket.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function paced(room = 1_000) {
  const clock = new ManualClock();
  const did: string[] = [];
  const socket: Socket = {
    write: (text) => (did.push(`${clock.now()} ${Buffer.from(text).toString()}`), 'sent'),
    ping: () => void did.push('ping'),
    close: (code, why) => void did.push(`${clock.now()} close ${code} ${why}`),
    pause: () => void did.push('pause'),
    resume: () => void did.push('resume'),
  };
  return { socket: new PacedSocket(socket, clock, { pace: 60, room }), clock, did };
}

describe('X2: a paced socket', () => {
  it('leaves a least time between two texts, in order', () => {
    const { socket, clock, did } = paced();
    const lent = bytes('a');
    expect([socket.write(lent), socket.write(bytes('b')), socket.write(bytes('c'))]).toEqual(['sent', 'queued', 'queued']);
    lent.fill(33);
    clock.advance(59);
    expect(did).toEqual(['0 a']);
    clock.advance(200);
    expect([socket.write(bytes('d')), did]).toEqual(['sent', ['0 a', '60 b', '120 c', '259 d']]);
  });

  it('says what waits before it closes', () => {
    const { socket, clock, did } = paced();
    for (const text of ['a', 'b']) socket.write(bytes(text));
    socket.close(1000, 'left');
    socket.close(1000, 'again');
    expect(socket.write(bytes('late'))).toBe('gone');
    clock.advance(100);
    expect(did).toEqual(['0 a', '60 b', '60 close 1000 left']);
  });

  it('closes at once where nothing waits', () => {
    const { socket, did } = paced();
    socket.close(1000, 'left');
    expect([did, socket.write(bytes('late'))]).toEqual([['0 close 1000 left'], 'gone']);
  });

  it('promise 5: ends the connection where too much waits, the overhead of each text counted', () => {
    const { socket, clock, did } = paced(2 * QUEUED_FRAME_BYTES + 3);
    expect(['a', 'bb', 'c', 'd'].map((text) => socket.write(bytes(text)))).toEqual(['sent', 'queued', 'queued', 'gone']);
    clock.advance(500);
    expect(did).toEqual(['0 a', '0 close 1008 reads too slowly']);
  });

  it('M16: gives back what it took and did not tell', () => {
    const { socket, clock, did } = paced();
    const messages = [1, 2].map(() => notice('expire', echoed('bob'), echoed('ann')));
    for (const message of messages) socket.write(bytes('a'), message);
    socket.write(bytes('b'));
    expect(socket.takeUnsent()).toEqual([messages[1]]);
    clock.advance(500);
    expect(did).toEqual(['0 a']);
  });

  it('passes everything else on', () => {
    const { socket, did } = paced();
    socket.ping();
    socket.pause();
    socket.resume();
    expect(did).toEqual(['ping', 'pause', 'resume']);
  });
});
