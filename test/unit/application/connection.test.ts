import { describe, expect, it } from 'vitest';
import { ReceivedMessages } from '../../../src/application/received-messages.ts';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { RelayDialect } from '../../../src/adapters/dialects/relay/dialect.ts';
import { Connection, trafficOf } from '../../../src/application/connection.ts';
import type { Socket } from '../../../src/application/ports/socket.ts';

const RECEIVED = new ReceivedMessages(new NoTelemetry(), 'relay');

const SOCKET: Socket = {
  write: () => 'sent',
  close: () => undefined,
  terminate: () => undefined,
  ping: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

describe('trafficOf', () => {
  it('reports the lifetime and the traffic in both directions', () => {
    const dialect = new RelayDialect('/relay');
    const opened = new Connection(
      { dialect, carrier: 'socket', received: RECEIVED },
      { socket: SOCKET, conversation: dialect, openedAt: 1_000 },
      { address: '192.0.2.1' },
    );
    Object.assign(opened, { framesIn: 2, bytesIn: 30, framesOut: 1, bytesOut: 10 });
    expect(trafficOf(opened, 4_000)).toEqual({
      address: '192.0.2.1',
      lifetime: 3_000,
      framesIn: 2,
      bytesIn: 30,
      framesOut: 1,
      bytesOut: 10,
    });
  });
});
