import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { pausePeer } from '../../../src/application/paused-peers.ts';
import type { Session } from '../../../src/domain/session.ts';

describe('pausePeer', () => {
  it('M19: pauses a peer until the later of two times, and counts both', () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    let paused = 0;
    const socket = { pause: () => calls.push('pause'), resume: () => calls.push(`resume at ${clock.now()}`) };
    const connections = { find: () => connection };
    const connection = { pausedUntil: 0, socket };
    const telemetry = { counter: () => ({ add: () => (paused += 1) }) };
    const parts = { connections, clock, telemetry } as never;
    const readingPaused: unknown[] = [];
    const realm = { liveness: { readingPaused: (_: unknown, until: number) => readingPaused.push(until) } } as never;
    const session = { connection: 1 } as unknown as Session;
    for (const until of [100, 300]) pausePeer(parts, realm, { do: 'pause', session, until });
    clock.advance(500);
    expect([calls, paused, readingPaused]).toEqual([['pause', 'resume at 300'], 2, [100, 300]]);
  });

  it('ignores a connection that has ended', () => {
    const parts = { connections: { find: () => undefined } } as never;
    const session = { connection: 1 } as unknown as Session;
    expect(() => pausePeer(parts, {} as never, { do: 'pause', session, until: 100 })).not.toThrow();
  });
});
