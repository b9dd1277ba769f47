import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../src/application/ports/socket.ts';
import type { ConnectionEnd, Gateway, Transport } from '../../../src/application/ports/transport.ts';
import type { ConnectionId } from '../../../src/domain/ids.ts';
import { CLAUSES, lackingFor, runClause } from '../../../src/contracts/transports/contract.ts';
import { IN_MEMORY, memoryStart } from '../../../src/contracts/transports/memory-subject.ts';

/* Transports with one fault each: the contract must detect the fault, in the expected clause. */

const clauses = CLAUSES.filter((clause) => lackingFor(clause, IN_MEMORY).length === 0);

interface Fault {
  /** Replacement for reports to the gateway. */
  readonly gateway?: (honest: Gateway) => Partial<Gateway>;
  /** Replacement for methods of a socket. */
  readonly socket?: (honest: Socket, gateway: Gateway, name: () => ConnectionId) => Partial<Socket>;
  /** Replacement for methods of the transport. */
  readonly transport?: (honest: Transport) => Partial<Transport>;
}

/** Inserts a fault between a correct transport and its gateway. */
function faulty(honest: Transport, fault: Fault): Transport {
  const listen = (gateway: Gateway) => {
    const told: Gateway = { ...bound(gateway, GATEWAY), ...fault.gateway?.(gateway) };
    const opened: Gateway['opened'] = (socket, admission) => {
      const given: { name?: ConnectionId } = {};
      const calls = bound(socket, SOCKET);
      const instead = fault.socket?.(calls, told, () => given.name as ConnectionId);
      return (given.name = gateway.opened({ ...calls, ...instead }, admission));
    };
    return honest.listen({ ...told, opened });
  };
  return {
    name: 'faulty',
    listen,
    refuseNew: () => honest.refuseNew(),
    reloadCertificate: () => honest.reloadCertificate(),
    stop: () => honest.stop(),
    ...fault.transport?.(honest),
  };
}

const GATEWAY = [
  'httpRequest',
  'tokenRefused',
  'upgrade',
  'abandoned',
  'refused',
  'opened',
  'frame',
  'continueFrame',
  'controlFrame',
  'unsent',
  'closed',
] as const;
const SOCKET = ['write', 'ping', 'close', 'terminate', 'pause', 'resume', 'mayContinue'] as const;

/** The methods of an object as functions that need no `this`. */
function bound<T extends object, K extends keyof T>(object: T, names: readonly K[]): Pick<T, K> {
  const functions = names.map((name) => [name, (object[name] as (...given: unknown[]) => unknown).bind(object)]);
  return Object.fromEntries(functions) as Pick<T, K>;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const MUTANTS: readonly { readonly what: string; readonly foundBy: string; readonly fault: () => Fault }[] = [
  {
    what: 'reports closed twice',
    foundBy: 'closed is reported exactly once, for any number of closes by either side',
    fault: () => ({
      gateway: (honest) => ({
        closed: (connection, end) => {
          honest.closed(connection, end);
          honest.closed(connection, end);
        },
      }),
    }),
  },
  {
    what: 'reports every close as a loss',
    foundBy: 'closed contains the side that ended the connection, and the close code',
    fault: () => ({
      gateway: (honest) => ({ closed: (connection) => honest.closed(connection, { by: 'network', code: 1006 }) }),
    }),
  },
  {
    what: 'reports closed within close',
    foundBy: 'close never reports within the call',
    fault: () => {
      const told = new Set<ConnectionId>();
      const once = (gateway: Gateway, connection: ConnectionId, end: ConnectionEnd): void => {
        if (told.has(connection) || connection === undefined) return;
        told.add(connection);
        gateway.closed(connection, end);
      };
      return {
        gateway: (honest) => ({ closed: (connection, end) => once(honest, connection, end) }),
        socket: (honest, gateway, name) => ({
          close: (code, why) => {
            honest.close(code, why);
            gateway.closed(name(), { by: 'broker', code });
          },
        }),
      };
    },
  },
  {
    what: 'reports a frame after closed',
    foundBy: 'a closed connection is not reported any more',
    fault: () => ({
      gateway: (honest) => ({
        closed: (connection, end) => {
          honest.closed(connection, end);
          honest.frame(connection, encoder.encode('late'), false);
        },
      }),
    }),
  },
  {
    what: 'forgets the requests of a frame that wait',
    foundBy: 'M23: requests of a frame that wait are handled before the next frame and before the end',
    fault: () => ({ gateway: () => ({ continueFrame: () => undefined }) }),
  },
  {
    what: 'continues to report after close',
    foundBy: 'O5: input after close is not reported',
    fault: () => {
      const pending: (() => void)[] = [];
      return {
        gateway: (honest) => ({
          closed: (connection, end) => {
            for (const close of pending.splice(0)) close();
            honest.closed(connection, end);
          },
        }),
        socket: (honest, gateway, name) => ({
          close: (code, why) => {
            pending.push(() => gateway.frame(name(), encoder.encode('1'), false));
            honest.close(code, why);
          },
        }),
      };
    },
  },
  {
    what: 'swaps two writes',
    foundBy: 'M17: order is kept, in both directions',
    fault: () => {
      let held: Uint8Array | undefined;
      return {
        socket: (honest) => ({
          write: (text) => {
            const earlier = held;
            held = decoder.decode(text) === '41' ? text.slice() : undefined;
            if (held !== undefined) return 'sent';
            const outcome = honest.write(text);
            if (earlier !== undefined) honest.write(earlier);
            return outcome;
          },
        }),
      };
    },
  },
  {
    what: 'keeps the borrowed bytes of write, and sends them later',
    foundBy: 'borrowed bytes of write may be changed when it returns',
    fault: () => ({
      socket: (honest) => ({
        write: (text) => {
          // A text may hold anything by then.
          queueMicrotask(() => honest.write(encoder.encode(decoder.decode(text))));
          return 'sent';
        },
      }),
    }),
  },
  {
    what: 'throws when a closed socket is written to',
    foundBy: 'write to a closed socket returns gone; no call throws',
    fault: () => ({
      socket: (honest) => ({
        write: (text) => {
          const outcome = honest.write(text);
          if (outcome === 'gone') throw new Error('the socket is closed');
          return outcome;
        },
      }),
    }),
  },
  {
    what: 'reports a write to a closed socket as sent',
    foundBy: 'write to a closed socket returns gone; no call throws',
    fault: () => ({
      socket: (honest) => ({
        write: (text) => {
          honest.write(text);
          return 'sent';
        },
      }),
    }),
  },
  {
    what: 'forgets one connection in stop',
    foundBy: 'stop reports each open connection as closed, once, and then resolves',
    fault: () => {
      let isStopping = false;
      let forgotten: ConnectionId | undefined;
      return {
        gateway: (honest) => ({
          closed: (connection, end) => {
            if (isStopping) forgotten ??= connection;
            if (connection !== forgotten) honest.closed(connection, end);
          },
        }),
        transport: (honest) => ({
          stop: () => {
            isStopping = true;
            return honest.stop();
          },
        }),
      };
    },
  },
  {
    what: 'resolves stop before it has reported',
    foundBy: 'stop reports each open connection as closed, once, and then resolves',
    fault: () => ({
      gateway: (honest) => ({ closed: (connection, end) => void setImmediate(() => honest.closed(connection, end)) }),
    }),
  },
  {
    what: 'does not pause',
    foundBy: 'M19: a paused connection reports no frame until resume, and none within the call; then all, in order',
    fault: () => ({ socket: () => ({ pause: () => undefined }) }),
  },
  {
    what: 'accepts all writes for a slow reader',
    foundBy: 'M16: writes to a slow client are queued, then gone; then the client is closed',
    fault: () => ({
      socket: (honest) => {
        let isBehind = false;
        return {
          write: (text) => {
            const outcome = isBehind ? 'queued' : honest.write(text);
            isBehind ||= outcome === 'queued';
            return outcome;
          },
        };
      },
    }),
  },
  {
    what: 'passes another admission object',
    foundBy: 'an accepted upgrade is opened with the same admission object',
    fault: () => ({
      gateway: (honest) => ({
        upgrade: (request) => {
          const answer = honest.upgrade(request);
          return answer.accept ? { ...answer } : answer;
        },
      }),
    }),
  },
  {
    what: 'accepts new connections after refuseNew',
    foundBy: 'refuseNew: new connections are not accepted; open ones stay',
    fault: () => ({ transport: () => ({ refuseNew: () => undefined }) }),
  },
  {
    what: 'sends another close code',
    foundBy: 'close sends its code and its reason',
    fault: () => ({ socket: (honest) => ({ close: (_, why) => honest.close(1000, why) }) }),
  },
  {
    what: 'drops an empty text',
    foundBy: 'M2: empty text, 128 unicode characters, `__proto__` and a megabyte pass unchanged, in both directions',
    fault: () => ({
      gateway: (honest) => ({
        frame: (connection, bytes, isBinary) => {
          if (bytes.length > 0) honest.frame(connection, bytes, isBinary);
        },
      }),
    }),
  },
];

describe('the transport contract detects', () => {
  it('nothing in a correct transport', async () => {
    expect(await failing({})).toEqual([]);
  });

  for (const { what, foundBy, fault } of MUTANTS) {
    it(`a transport that ${what}, in: ${foundBy}`, async () => {
      expect(CLAUSES.map(({ name }) => name)).toContain(foundBy);
      expect(await failing(fault)).toContain(foundBy);
    });
  }
});

/** @returns the names of the clauses that a transport with this fault violates. */
async function failing(fault: Fault | (() => Fault)): Promise<string[]> {
  const names: string[] = [];
  for (const clause of clauses) {
    const start = memoryStart((honest) => faulty(honest, typeof fault === 'function' ? fault() : fault));
    await runClause(clause, start).catch(() => names.push(clause.name));
  }
  return names;
}
