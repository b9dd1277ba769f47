import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { SocketIoTransport } from '../../../src/adapters/transports/socketio/transport.ts';
import { transportContract } from './contract.ts';
import { IN_MEMORY, memoryStart } from './memory-subject.ts';
import { BOUNDS } from './fixture.ts';

/* Socket.IO wraps another transport; all other traffic passes through unchanged. */

const settings = {
  ...{ ...BOUNDS, path: '/socket.io', protocols: [4] as const, origins: { allow: 'echoed' } as const, maxUrlBytes: 4_096 },
  ...{ prefixes: [''], pingInterval: 25_000, connectTimeout: 10_000, authorize: () => undefined },
};

const start = memoryStart((inner) => new SocketIoTransport(inner, settings, { clock: new ManualClock(), log: new SilentLog() }));

transportContract('socketio', { can: IN_MEMORY, start });
