import { expect } from 'vitest';
import { maskedFrame, type RawConnection } from '../../support/network-client.ts';
import { textOf } from './recording-gateway.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* What no library would send: nothing of it ends the process, or deafens another connection. */

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const CLOSE = 8;

function handshake({
  key = 'dGhlIHNhbXBsZSBub25jZQ==',
  version = '13',
}: { key?: string | undefined; version?: string } = {}): string {
  const keyLine = key === '' ? '' : `Sec-WebSocket-Key: ${key}\r\n`;
  return `GET /ws?id=eve HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: ${version}\r\n${keyLine}\r\n`;
}

/** A connection that is open, and lies in our hands byte by byte. */
async function openLine(scene: TransportFixture): Promise<RawConnection> {
  const line = await scene.openRaw();
  line.send(handshake());
  await scene.until('it is open', () => line.received.includes('\r\n\r\n'));
  expect(line.received).toContain('HTTP/1.1 101');
  line.received = '';
  return line;
}

/** The code of the close frame that a line heard, behind short frames of other kinds; nothing where it was cut. */
function closeCode({ received }: RawConnection): number | undefined {
  let at = 0;
  while (at < received.length && received.charCodeAt(at) !== (0x80 | CLOSE)) at += 2 + received.charCodeAt(at + 1);
  return at < received.length ? received.charCodeAt(at + 2) * 256 + received.charCodeAt(at + 3) : undefined;
}

/** A small generator of numbers: the same seed gives the same bytes. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const HANDSHAKES: readonly Clause[] = [
  ...[
    { what: 'without a key', handshake: handshake({ key: '' }) },
    { what: 'with a key of another length', handshake: handshake({ key: 'c2hvcnQ=' }) },
    { what: 'with a key that is none', handshake: handshake({ key: '!'.repeat(24) }) },
    { what: 'of another version', handshake: handshake({ version: '7' }) },
  ].map(({ what, handshake: malformed }): Clause => ({
    name: `a handshake ${what} is answered 400, and its admission abandoned`,
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send(malformed);
      await scene.until('it is cut', () => line.isClosed);
      expect(line.received).toMatch(/^HTTP\/1\.1 400 /);
      await scene.until('it is abandoned', () => scene.gateway.abandonedAdmissions.length > 0);
      expect(scene.gateway.abandonedAdmissions).toEqual(scene.gateway.accepted);
      expect(scene.gateway.abandonedAdmissions[0]).toBe(scene.gateway.accepted[0]);
      expect(scene.gateway.connections).toEqual([]);
    },
  })),
  {
    name: 'who asks for an upgrade and goes is opened and closed, or abandoned, but not forgotten',
    needs: ['bytes'],
    async run(scene) {
      const { gateway } = scene;
      for (let n = 0; n < 20; n++) {
        const line = await scene.openRaw();
        line.send(handshake(n % 3 === 0 ? { version: '7' } : {}));
        if (n % 2 === 0) await scene.subject.elapse();
        line.cut();
      }
      await scene.settle();
      const isSettled = () =>
        gateway.openCount === 0 && gateway.accepted.length === gateway.connections.length + gateway.abandonedAdmissions.length;
      await scene.until('each is accounted for', isSettled);
      expect(gateway.connections.every(({ closedCount }) => closedCount === 1)).toBe(true);
    },
  },
  {
    name: 'half a request is cut in time, and hurts no other',
    needs: ['handshakeTimeout'],
    settings: { handshakeTimeout: 300 },
    async run(scene) {
      const other = await scene.connect();
      const halves = [
        '',
        'GET /ws HT',
        'GET /ws HTTP/1.1\r\nHost: x\r\n',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf',
      ];
      scene.gateway.answerRequest = () => undefined;
      const lines = await Promise.all(halves.map(() => scene.openRaw()));
      for (const [n, line] of lines.entries()) line.send(halves[n] ?? '');
      lines.push(await scene.client.openRaw({ isBare: true }));
      const dripping = [await scene.openRaw(), await scene.openRaw()];
      dripping[0]?.send('GET / HTTP/1.1\r\nX-Long: ');
      dripping[1]?.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n');
      await scene.until('all are cut', () => {
        for (const line of dripping) line.send('a');
        return [...lines, ...dripping].every(({ isClosed }) => isClosed);
      });
      await scene.expectAlive(other);
    },
  },
  {
    name: 'H11: a head over its limit is answered 431 and cut; another lives on',
    needs: ['ownHeads'],
    async run(scene) {
      const other = await scene.connect();
      for (const head of [
        `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(9_000)}\r\n\r\n`,
        `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      ]) {
        const line = await scene.openRaw();
        line.send(head);
        await scene.until('it is cut', () => line.isClosed);
        expect(line.received).toMatch(/^HTTP\/1\.1 431 /);
      }
      expect(scene.gateway.requests).toEqual([]);
      await scene.expectAlive(other);
    },
  },
];

const FRAMES: readonly Clause[] = [
  {
    name: 'a message in pieces is reported whole, pings between them answered',
    needs: ['bytes'],
    async run(scene) {
      const line = await openLine(scene);
      line.send(maskedFrame(1, bytes('in '), { isFinal: false }));
      line.send(maskedFrame(9, bytes('L3')));
      line.send(maskedFrame(0, bytes('three '), { isFinal: false }));
      line.send(maskedFrame(0, bytes('pieces')));
      const [near] = scene.gateway.connections;
      await scene.until('it is reported and the ping answered', () => near?.frames.length === 1 && line.received.length >= 4);
      expect(near?.frames.map(textOf)).toEqual(['in three pieces']);
      expect(line.received).toBe('\x8a\x02L3');
    },
  },
  {
    name: 'M18: pieces that make too big a message are closed 1009 and not reported',
    needs: ['bytes'],
    settings: { maxFrameBytes: 1_000 },
    async run(scene) {
      const line = await openLine(scene);
      line.send(maskedFrame(1, bytes('x'.repeat(600)), { isFinal: false }));
      line.send(maskedFrame(0, bytes('x'.repeat(600))));
      await scene.until('it is told', () => closeCode(line) !== undefined);
      expect(closeCode(line)).toBe(1009);
      expect(scene.gateway.connections[0]?.frames).toEqual([]);
    },
  },
  {
    name: 'M20: a far end that sends pings and reads no pong is closed, or read no further',
    needs: ['bytes'],
    settings: { sendBufferBytes: 65_536 },
    async run(scene) {
      const other = await scene.connect();
      const line = await openLine(scene);
      const near = scene.gateway.connections[1];
      line.stopReading();
      const pings = Buffer.concat(Array.from({ length: 2_000 }, () => maskedFrame(9, new Uint8Array(125))));
      // More than the two kernels hold of the answers.
      const enough = 160_000;
      for (let sent = 0; sent < enough; sent += 2_000) {
        line.send(pings);
        await scene.subject.elapse();
      }
      await scene.until('it is over', () => near?.closedCount === 1);
      expect(near?.aliveCount).toBeLessThan(enough);
      await scene.expectAlive(other);
    },
  },
  {
    name: 'M21: a far end that answers neither a ping nor a close frame is told why, and then it is over',
    needs: ['bytes'],
    async run(scene) {
      const line = await openLine(scene);
      const [near] = scene.gateway.connections;
      near?.socket.write(bytes('ID is taken'));
      near?.socket.close(1008, 'ID is taken');
      line.send(maskedFrame(1, bytes('dropped')));
      await scene.until('it is over at both ends', () => line.isClosed && near?.closedCount === 1);
      expect(line.received.indexOf('ID is taken')).toBe(2);
      expect([closeCode(line), near?.frames]).toEqual([1008, []]);
    },
  },
  {
    name: 'a text that is no UTF-8 is not reported; its sender is told 1007',
    needs: ['bytes', 'tellsInvalidText'],
    run: async (scene) => expect(await endOfInvalidText(scene)).toBe(1007),
    otherwise: {
      lacking: 'tellsInvalidText',
      name: 'a text that is no UTF-8 is not reported; its sender is cut',
      run: async (scene) => expect(await endOfInvalidText(scene)).toBeUndefined(),
    },
  },
  {
    name: 'frames against the protocol close their connection, and hurt no other',
    needs: ['bytes'],
    async run(scene) {
      const other = await scene.connect();
      const broken = [
        maskedFrame(3, bytes('an unknown kind')),
        maskedFrame(0, bytes('a piece of nothing')),
        maskedFrame(9, bytes('a ping in pieces'), { isFinal: false }),
        maskedFrame(9, bytes('a ping that is too long'.repeat(6))),
        maskedFrame(0x40 | 1, bytes('an extension that was not agreed on')),
      ];
      for (const frame of broken) (await openLine(scene)).send(frame);
      await scene.until('all but one are closed', () => scene.gateway.openCount === 1);
      expect(scene.gateway.connections.flatMap(({ frames }) => frames)).toEqual([]);
      await scene.expectAlive(other);
    },
  },
  {
    name: 'random bytes, before and after the handshake, hurt no other',
    needs: ['bytes'],
    async run(scene) {
      const seed = 20_241;
      const upTo = chance(seed);
      const other = await scene.connect();
      for (let n = 0; n < 40; n++) {
        const line = n % 2 === 0 ? await scene.openRaw() : await openLine(scene);
        if (upTo(3) === 0) line.send(handshake().slice(0, upTo(150)));
        line.send(Uint8Array.from({ length: 1 + upTo(200) }, () => upTo(256)));
        if (upTo(2) === 0) line.cut();
      }
      await scene.expectAlive(other);
      const { connections } = scene.gateway;
      expect(
        connections.every(({ closedCount }) => closedCount <= 1),
        `seed ${seed}`,
      ).toBe(true);
      expect(scene.gateway.reentrantCalls, `seed ${seed}`).toEqual([]);
    },
  },
];

/** @returns the code, or nothing where it was cut without a word. */
async function endOfInvalidText(scene: TransportFixture): Promise<number | undefined> {
  const line = await openLine(scene);
  line.send(maskedFrame(1, Uint8Array.of(0xff, 0xfe)));
  await scene.until('it is told, or cut', () => line.received.length >= 4 || line.isClosed);
  expect(scene.gateway.connections[0]?.frames).toEqual([]);
  return closeCode(line);
}

export const WIRE_CLAUSES: readonly Clause[] = [...HANDSHAKES, ...FRAMES];
