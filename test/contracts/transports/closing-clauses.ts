import { expect } from 'vitest';
import { notice } from '../../../src/domain/message.ts';
import { echoed } from '../../../src/domain/ids.ts';
import { maskedFrame } from '../../support/network-client.ts';
import { admissionOf, textOf } from './recording-gateway.ts';
import type { Clause } from './fixture.ts';

/* When a connection that its far end closes is over. */

const TEXT = 1;
const CLOSE = 8;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const CLOSE_FRAME = maskedFrame(CLOSE, Uint8Array.of(3, 232));
const UPGRADE =
  'GET /ws?id=ann HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

export const CLOSING_CLAUSES: readonly Clause[] = [
  {
    name: 'L2: a connection that the far end has closed is reported before the next upgrade',
    async run(scene) {
      const closedBefore: number[] = [];
      scene.gateway.answerUpgrade = (request) => {
        closedBefore.push(scene.gateway.connections.length - scene.gateway.openCount);
        return admissionOf(request);
      };
      for (let opened = 0; opened < 10; opened++) {
        const { client } = await scene.connect();
        client.close();
      }
      expect(closedBefore).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    },
  },
  {
    name: 'L2: the close frame ends a connection whose far end keeps TCP open',
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send(UPGRADE);
      await scene.until('it is open', () => scene.gateway.connections.length === 1);
      line.stopReading();
      line.send(CLOSE_FRAME);
      await scene.settle();
      expect(scene.gateway.connections[0]?.closedCount).toBe(1);
    },
  },
  {
    name: 'L2: the end of the bytes ends a connection without a close frame',
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send(UPGRADE);
      await scene.until('it is open', () => scene.gateway.connections.length === 1);
      line.stopReading();
      line.end();
      await scene.settle();
      expect(scene.gateway.connections[0]?.closedCount).toBe(1);
    },
  },
  {
    name: 'L2: what came before the close frame is reported, what came behind it is not',
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send(UPGRADE);
      await scene.until('it is open', () => scene.gateway.connections.length === 1);
      line.send(
        Buffer.concat([maskedFrame(TEXT, bytes('1')), maskedFrame(TEXT, bytes('2')), CLOSE_FRAME, maskedFrame(TEXT, bytes('3'))]),
      );
      await scene.until('it is closed', () => scene.gateway.openCount === 0);
      expect(scene.gateway.connections[0]?.frames.map(textOf)).toEqual(['1', '2']);
    },
  },
  {
    name: 'M16: a message that is written in the turn in which the close frame is read does not leave, and is handed back',
    needs: ['bytes'],
    async run(scene) {
      const message = notice('leave', echoed('bob'), echoed('ann'));
      scene.gateway.onFrame = ({ socket }) => void socket.write(bytes('too late'), message);
      const line = await scene.openRaw();
      line.send(UPGRADE);
      await scene.until('it is open', () => scene.gateway.connections.length === 1);
      line.send(Buffer.concat([maskedFrame(TEXT, bytes('go')), CLOSE_FRAME]));
      await scene.until('it is over at both ends', () => scene.gateway.openCount === 0 && line.isClosed);
      expect(scene.gateway.connections[0]?.unsent).toEqual([message]);
      expect(line.received).not.toContain('too late');
    },
  },
];
