import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MessageTraces } from '../../../src/application/message-traces.ts';
import { TracesForNodes } from '../../../src/application/traces-for-nodes.ts';

const TARGET = { realm: 'peerjs', id: 'ann' };

let clock: ManualClock;
let traces: MessageTraces;
let served: TracesForNodes;

beforeEach(() => {
  clock = new ManualClock();
  traces = new MessageTraces({ clock, tap: { isEnabled: false, received: () => undefined, sent: () => undefined } });
  served = new TracesForNodes(traces, clock);
});

function ask(trace = 'there 1', isOver = false): unknown {
  return served.answer({ ask: 'trace', trace, target: TARGET, isOver });
}

/** Frames of the traced peer. */
function receive(count: number): void {
  const session = { id: 'ann', realm: { key: 'peerjs' } } as never;
  for (let n = 0; n < count; n++) traces.received(session, { action: 'heartbeat' }, 20);
}

describe('a trace for another node', () => {
  it('ADM15: answers each question with the lines since the last one, and their age', () => {
    expect(ask()).toEqual({ lines: [], dropped: 0 });
    receive(1);
    clock.advance(300);
    const entry = { way: 'in', type: 'heartbeat', from: 'ann', to: undefined, bytes: 20 };
    expect(ask()).toEqual({ lines: [{ ago: 300, entry }], dropped: 0 });
    expect(ask()).toEqual({ lines: [], dropped: 0 });
  });

  it('ADM13: keeps 200 lines, and counts the others', () => {
    ask();
    receive(250);
    expect(ask()).toMatchObject({ lines: { length: 200 }, dropped: 50 });
    expect(ask()).toMatchObject({ lines: { length: 0 }, dropped: 0 });
  });

  it('ADM6: ends when it is told to, or after 5 s without a question', () => {
    ask('one');
    ask('two');
    ask('one', true);
    expect(traces.isEnabled).toBe(true);
    clock.advance(4_999);
    ask('two');
    clock.advance(4_999);
    expect(traces.isEnabled).toBe(true);
    clock.advance(1);
    expect(traces.isEnabled).toBe(false);
  });

  it('ADM6: has no answer beyond 16 traces', () => {
    const answers = Array.from({ length: 17 }, (_, n) => ask(`there ${n}`));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
  });
});
