import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { PacedSocket } from '../../../src/application/paced-socket.ts';
import { echoed } from '../../../src/domain/ids.ts';
import { notice } from '../../../src/domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../src/domain/memory-sizes.ts';
import type { Socket } from '../../../src/application/ports/socket.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function paced(maxBytes = 1_000) {
  const clock = new ManualClock();
  const calls: string[] = [];
  const socket: Socket = {
    write: (text) => (calls.push(`${clock.now()} ${Buffer.from(text).toString()}`), 'sent'),
    ping: () => void calls.push('ping'),
    close: (code, why) => void calls.push(`${clock.now()} close ${code} ${why}`),
    terminate: () => void calls.push(`${clock.now()} terminate`),
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    spend: (units) => void calls.push(`spend ${units}`),
    mayContinue: () => false,
  };
  return { socket: new PacedSocket(socket, clock, { pace: 60, maxBytes }), clock, calls };
}

describe('X2: PacedSocket', () => {
  it('keeps a minimum interval between two texts, in order', () => {
    const { socket, clock, calls } = paced();
    const borrowed = bytes('a');
    expect([socket.write(borrowed), socket.write(bytes('b')), socket.write(bytes('c'))]).toEqual(['sent', 'queued', 'queued']);
    borrowed.fill(33);
    clock.advance(59);
    expect(calls).toEqual(['0 a']);
    clock.advance(200);
    expect([socket.write(bytes('d')), calls]).toEqual(['sent', ['0 a', '60 b', '120 c', '259 d']]);
  });

  it('sends queued texts before it closes', () => {
    const { socket, clock, calls } = paced();
    for (const text of ['a', 'b']) socket.write(bytes(text));
    socket.close(1000, 'left');
    socket.close(1000, 'again');
    expect(socket.write(bytes('late'))).toBe('gone');
    clock.advance(100);
    expect(calls).toEqual(['0 a', '60 b', '60 close 1000 left']);
  });

  it('B3: terminates at once, also if texts are queued', () => {
    const { socket, clock, calls } = paced();
    for (const text of ['a', 'b']) socket.write(bytes(text));
    socket.terminate();
    clock.advance(100);
    expect([calls, socket.write(bytes('late'))]).toEqual([['0 a', '0 terminate'], 'gone']);
  });

  it('closes at once if no text is queued', () => {
    const { socket, calls } = paced();
    socket.close(1000, 'left');
    expect([calls, socket.write(bytes('late'))]).toEqual([['0 close 1000 left'], 'gone']);
  });

  it('promise 5: closes the connection if too many bytes are queued, including the overhead of each text', () => {
    const { socket, clock, calls } = paced(2 * QUEUED_FRAME_BYTES + 3);
    expect(['a', 'bb', 'c', 'd'].map((text) => socket.write(bytes(text)))).toEqual(['sent', 'queued', 'queued', 'gone']);
    clock.advance(500);
    expect(calls).toEqual(['0 a', '0 close 1008 reads too slowly']);
  });

  it('M16: returns accepted messages that were not sent', () => {
    const { socket, clock, calls } = paced();
    const messages = [1, 2].map(() => notice('expire', echoed('bob'), echoed('ann')));
    for (const message of messages) socket.write(bytes('a'), message);
    socket.write(bytes('b'));
    expect(socket.takeUnsent()).toEqual([messages[1]]);
    clock.advance(500);
    expect(calls).toEqual(['0 a']);
  });

  it('passes on other calls', () => {
    const { socket, calls } = paced();
    socket.ping();
    socket.pause();
    socket.resume();
    socket.spend(8);
    expect([calls, socket.mayContinue()]).toEqual([['ping', 'pause', 'resume', 'spend 8'], false]);
  });
});
