import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { SocketIoTransport } from '../../../src/adapters/transports/socketio/transport.ts';
import { transportContract } from '../../../src/contracts/transports/contract.ts';
import { IN_MEMORY, memoryStart } from '../../../src/contracts/transports/memory-subject.ts';
import { BOUNDS } from '../../../src/contracts/transports/fixture.ts';
import { describeContract } from '../../support/describe-contract.ts';

/* Socket.IO wraps another transport; all other traffic passes through unchanged. */

const settings = {
  ...{ ...BOUNDS, path: '/socket.io', protocols: [4] as const, origins: { allow: 'echoed' } as const, maxUrlBytes: 4_096 },
  ...{ prefixes: [''], pingInterval: 25_000, connectTimeout: 10_000, authorize: () => undefined },
  describeRefusal: () => ({ text: 'refused', code: 1008 }),
};

const start = memoryStart((inner) => new SocketIoTransport(inner, settings, { clock: new ManualClock(), log: new SilentLog() }));

describeContract('transport: socketio', transportContract({ can: IN_MEMORY, start }));
