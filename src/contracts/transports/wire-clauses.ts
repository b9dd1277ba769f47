import { expect } from '../expect.ts';
import { maskedFrame, type RawConnection } from './network-client.ts';
import { textOf } from './recording-gateway.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* Input that no library would send: it neither ends the process nor interrupts another connection. */

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const CLOSE = 8;

function handshake({
  key = 'dGhlIHNhbXBsZSBub25jZQ==',
  version = '13',
}: { key?: string | undefined; version?: string } = {}): string {
  const keyLine = key === '' ? '' : `Sec-WebSocket-Key: ${key}\r\n`;
  return `GET /ws?id=eve HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: ${version}\r\n${keyLine}\r\n`;
}

/** An open connection whose bytes the test controls. */
async function openLine(fixture: TransportFixture): Promise<RawConnection> {
  const line = await fixture.openRaw();
  line.send(handshake());
  await fixture.until('the connection is open', () => line.received.includes('\r\n\r\n'));
  expect(line.received).toContain('HTTP/1.1 101');
  line.received = '';
  return line;
}

/** The code of the received close frame, after short frames of other types; undefined if there was none. */
function closeCode({ received }: RawConnection): number | undefined {
  let at = 0;
  while (at < received.length && received.charCodeAt(at) !== (0x80 | CLOSE)) at += 2 + received.charCodeAt(at + 1);
  return at < received.length ? received.charCodeAt(at + 2) * 256 + received.charCodeAt(at + 3) : undefined;
}

/** A small random generator: the same seed yields the same bytes. */
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
    { what: 'with a malformed key', handshake: handshake({ key: '!'.repeat(24) }) },
    { what: 'of another version', handshake: handshake({ version: '7' }) },
  ].map(({ what, handshake: malformed }): Clause => ({
    name: `a handshake ${what} is answered with 400, and its admission is abandoned`,
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send(malformed);
      await fixture.until('the connection is closed', () => line.isClosed);
      expect(line.received).toMatch(/^HTTP\/1\.1 400 /);
      await fixture.until('the admission is abandoned', () => fixture.gateway.abandonedAdmissions.length > 0);
      expect(fixture.gateway.abandonedAdmissions).toEqual(fixture.gateway.accepted);
      expect(fixture.gateway.abandonedAdmissions[0]).toBe(fixture.gateway.accepted[0]);
      expect(fixture.gateway.connections).toEqual([]);
    },
  })),
  {
    name: 'a client that sends an upgrade and disconnects is opened and closed, or abandoned',
    needs: ['bytes'],
    async run(fixture) {
      const { gateway } = fixture;
      for (let n = 0; n < 20; n++) {
        const line = await fixture.openRaw();
        line.send(handshake(n % 3 === 0 ? { version: '7' } : {}));
        if (n % 2 === 0) await fixture.subject.elapse();
        line.cut();
      }
      await fixture.settle();
      const isSettled = () =>
        gateway.openCount === 0 && gateway.accepted.length === gateway.connections.length + gateway.abandonedAdmissions.length;
      await fixture.until('each is accounted for', isSettled);
      expect(gateway.connections.every(({ closedCount }) => closedCount === 1)).toBe(true);
    },
  },
  {
    name: 'a client with half a request is disconnected in time, and affects no other',
    needs: ['handshakeTimeout'],
    settings: { handshakeTimeout: 300 },
    async run(fixture) {
      const other = await fixture.connect();
      const halves = [
        '',
        'GET /ws HT',
        'GET /ws HTTP/1.1\r\nHost: x\r\n',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf',
      ];
      fixture.gateway.answerRequest = () => undefined;
      const lines = await Promise.all(halves.map(() => fixture.openRaw()));
      for (const [n, line] of lines.entries()) line.send(halves[n] ?? '');
      lines.push(await fixture.client.openRaw({ isBare: true }));
      const dripping = [await fixture.openRaw(), await fixture.openRaw()];
      dripping[0]?.send('GET / HTTP/1.1\r\nX-Long: ');
      dripping[1]?.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n');
      await fixture.until('all are closed', () => {
        for (const line of dripping) line.send('a');
        return [...lines, ...dripping].every(({ isClosed }) => isClosed);
      });
      await fixture.expectAlive(other);
    },
  },
  {
    name: 'H11: a head beyond the limit is answered with 431 and its connection is closed; others stay open',
    needs: ['ownHeads'],
    async run(fixture) {
      const other = await fixture.connect();
      for (const head of [
        `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(9_000)}\r\n\r\n`,
        `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      ]) {
        const line = await fixture.openRaw();
        line.send(head);
        await fixture.until('the connection is closed', () => line.isClosed);
        expect(line.received).toMatch(/^HTTP\/1\.1 431 /);
      }
      expect(fixture.gateway.requests).toEqual([]);
      await fixture.expectAlive(other);
    },
  },
];

const FRAMES: readonly Clause[] = [
  {
    name: 'a fragmented message is reported completely, and pings between the fragments are answered',
    needs: ['bytes'],
    async run(fixture) {
      const line = await openLine(fixture);
      line.send(maskedFrame(1, bytes('in '), { isFinal: false }));
      line.send(maskedFrame(9, bytes('L3')));
      line.send(maskedFrame(0, bytes('three '), { isFinal: false }));
      line.send(maskedFrame(0, bytes('fragments')));
      const [connection] = fixture.gateway.connections;
      await fixture.until(
        'the message is reported and the ping answered',
        () => connection?.frames.length === 1 && line.received.length >= 4,
      );
      expect(connection?.frames.map(textOf)).toEqual(['in three fragments']);
      expect(line.received).toBe('\x8a\x02L3');
    },
  },
  {
    name: 'M23: messages in 2,000 fragments are reported, and one in a hundred thousand costs no other connection',
    needs: ['bytes'],
    async run(fixture) {
      const other = await fixture.connect();
      const line = await openLine(fixture);
      const [first, further] = [1, 0].map((opcode) => maskedFrame(opcode, bytes('a'), { isFinal: false })) as [Buffer, Buffer];
      const fragments = (count: number): Buffer => Buffer.concat([first, ...Array.from({ length: count }, () => further)]);
      const message = Buffer.concat([fragments(1_998), maskedFrame(0, bytes('b'))]);
      line.send(Buffer.concat([message, message]));
      const connection = fixture.gateway.connections[1];
      await fixture.until('the messages are reported', () => connection?.frames.length === 2);
      expect(connection?.frames.map(textOf)).toEqual(['', ''].map(() => `${'a'.repeat(1_999)}b`));
      line.send(fragments(100_000));
      await fixture.expectAlive(other);
    },
  },
  {
    name: 'M18: fragments of a message beyond the limit are closed with 1009 and not reported',
    needs: ['bytes'],
    settings: { maxFrameBytes: 1_000 },
    async run(fixture) {
      const line = await openLine(fixture);
      line.send(maskedFrame(1, bytes('x'.repeat(600)), { isFinal: false }));
      line.send(maskedFrame(0, bytes('x'.repeat(600))));
      await fixture.until('the close is reported', () => closeCode(line) !== undefined);
      expect(closeCode(line)).toBe(1009);
      expect(fixture.gateway.connections[0]?.frames).toEqual([]);
    },
  },
  {
    name: 'M20: a client that sends pings and reads no pong is closed, or no longer read',
    needs: ['bytes'],
    settings: { sendBufferBytes: 65_536 },
    async run(fixture) {
      const other = await fixture.connect();
      const line = await openLine(fixture);
      const connection = fixture.gateway.connections[1];
      line.stopReading();
      const pings = Buffer.concat(Array.from({ length: 2_000 }, () => maskedFrame(9, new Uint8Array(125))));
      // More pongs than the buffers of both kernels hold.
      const enough = 160_000;
      for (let sent = 0; sent < enough; sent += 2_000) {
        line.send(pings);
        await fixture.subject.elapse();
      }
      await fixture.until('the connection is closed', () => connection?.closedCount === 1);
      expect(connection?.aliveCount).toBeLessThan(enough);
      await fixture.expectAlive(other);
    },
  },
  {
    name: 'M21: a client that answers neither a ping nor a close frame receives the reason, and is closed',
    needs: ['bytes'],
    async run(fixture) {
      const line = await openLine(fixture);
      const [connection] = fixture.gateway.connections;
      connection?.socket.write(bytes('ID is taken'));
      connection?.socket.close(1008, 'ID is taken');
      line.send(maskedFrame(1, bytes('dropped')));
      await fixture.until('both ends are closed', () => line.isClosed && connection?.closedCount === 1);
      expect(line.received.indexOf('ID is taken')).toBe(2);
      expect([closeCode(line), connection?.frames]).toEqual([1008, []]);
    },
  },
  {
    name: 'text that is not UTF-8 is not reported; its sender receives 1007',
    needs: ['bytes', 'closesInvalidText'],
    run: async (fixture) => expect(await endOfInvalidText(fixture)).toBe(1007),
    otherwise: {
      lacking: 'closesInvalidText',
      name: 'text that is not UTF-8 is not reported; its sender is cut',
      run: async (fixture) => expect(await endOfInvalidText(fixture)).toBeUndefined(),
    },
  },
  {
    name: 'frames that violate the protocol close their connection, and affect no other',
    needs: ['bytes'],
    async run(fixture) {
      const other = await fixture.connect();
      const broken = [
        maskedFrame(3, bytes('an unknown opcode')),
        maskedFrame(0, bytes('a continuation without a start')),
        maskedFrame(9, bytes('a fragmented ping'), { isFinal: false }),
        maskedFrame(9, bytes('a ping that is too long'.repeat(6))),
        maskedFrame(0x40 | 1, bytes('an extension that was not negotiated')),
      ];
      for (const frame of broken) (await openLine(fixture)).send(frame);
      await fixture.until('all but one are closed', () => fixture.gateway.openCount === 1);
      expect(fixture.gateway.connections.flatMap(({ frames }) => frames)).toEqual([]);
      await fixture.expectAlive(other);
    },
  },
  {
    name: 'random bytes, before and after the handshake, affect no other connection',
    needs: ['bytes'],
    async run(fixture) {
      const seed = 20_241;
      const upTo = chance(seed);
      const other = await fixture.connect();
      for (let n = 0; n < 40; n++) {
        const line = n % 2 === 0 ? await fixture.openRaw() : await openLine(fixture);
        if (upTo(3) === 0) line.send(handshake().slice(0, upTo(150)));
        line.send(Uint8Array.from({ length: 1 + upTo(200) }, () => upTo(256)));
        if (upTo(2) === 0) line.cut();
      }
      await fixture.expectAlive(other);
      const { connections } = fixture.gateway;
      expect(
        connections.every(({ closedCount }) => closedCount <= 1),
        `seed ${seed}`,
      ).toBe(true);
      expect(fixture.gateway.reentrantCalls, `seed ${seed}`).toEqual([]);
    },
  },
];

/** @returns the code; undefined if the connection was cut without a close frame. */
async function endOfInvalidText(fixture: TransportFixture): Promise<number | undefined> {
  const line = await openLine(fixture);
  line.send(maskedFrame(1, Uint8Array.of(0xff, 0xfe)));
  await fixture.until('the close is received or the connection is closed', () => line.received.length >= 4 || line.isClosed);
  expect(fixture.gateway.connections[0]?.frames).toEqual([]);
  return closeCode(line);
}

export const WIRE_CLAUSES: readonly Clause[] = [...HANDSHAKES, ...FRAMES];
