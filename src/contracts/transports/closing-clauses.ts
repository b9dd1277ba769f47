import { expect } from '../expect.ts';
import { notice } from '../../domain/message.ts';
import { echoed } from '../../domain/ids.ts';
import { maskedFrame } from './network-client.ts';
import { admissionOf, textOf } from './recording-gateway.ts';
import type { Clause } from './fixture.ts';

/* When a connection that its client closes is reported as closed. */

const TEXT = 1;
const CLOSE = 8;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const CLOSE_FRAME = maskedFrame(CLOSE, Uint8Array.of(3, 232));
const UPGRADE =
  'GET /ws?id=ann HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

export const CLOSING_CLAUSES: readonly Clause[] = [
  {
    name: 'L2: a connection that the client has closed is reported before the next upgrade',
    async run(fixture) {
      const closedBefore: number[] = [];
      fixture.gateway.answerUpgrade = (request) => {
        closedBefore.push(fixture.gateway.connections.length - fixture.gateway.openCount);
        return admissionOf(request);
      };
      for (let opened = 0; opened < 10; opened++) {
        const { client } = await fixture.connect();
        client.close();
      }
      expect(closedBefore).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    },
  },
  {
    name: 'L2: a close frame ends a connection whose client keeps TCP open',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send(UPGRADE);
      await fixture.until('the connection is open', () => fixture.gateway.connections.length === 1);
      line.stopReading();
      line.send(CLOSE_FRAME);
      await fixture.settle();
      expect(fixture.gateway.connections[0]?.closedCount).toBe(1);
    },
  },
  {
    name: 'L2: the end of the TCP stream ends a connection without a close frame',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send(UPGRADE);
      await fixture.until('the connection is open', () => fixture.gateway.connections.length === 1);
      line.stopReading();
      line.end();
      await fixture.settle();
      expect(fixture.gateway.connections[0]?.closedCount).toBe(1);
    },
  },
  {
    name: 'L2: frames before the close frame are reported, and frames after it are not',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send(UPGRADE);
      await fixture.until('the connection is open', () => fixture.gateway.connections.length === 1);
      line.send(
        Buffer.concat([maskedFrame(TEXT, bytes('1')), maskedFrame(TEXT, bytes('2')), CLOSE_FRAME, maskedFrame(TEXT, bytes('3'))]),
      );
      await fixture.until('the connection is closed', () => fixture.gateway.openCount === 0);
      expect(fixture.gateway.connections[0]?.frames.map(textOf)).toEqual(['1', '2']);
    },
  },
  {
    name: 'M16: a message that is written in the turn in which the close frame is read is not sent, and returned',
    needs: ['bytes'],
    async run(fixture) {
      const message = notice('leave', echoed('bob'), echoed('ann'));
      fixture.gateway.onFrame = ({ socket }) => void socket.write(bytes('too late'), message);
      const line = await fixture.openRaw();
      line.send(UPGRADE);
      await fixture.until('the connection is open', () => fixture.gateway.connections.length === 1);
      line.send(Buffer.concat([maskedFrame(TEXT, bytes('go')), CLOSE_FRAME]));
      await fixture.until('both ends are closed', () => fixture.gateway.openCount === 0 && line.isClosed);
      expect(fixture.gateway.connections[0]?.unsent).toEqual([message]);
      expect(line.received).not.toContain('too late');
    },
  },
];
