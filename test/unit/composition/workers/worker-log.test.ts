import { expect, it } from 'vitest';
import type { LogEvent } from '../../../../src/application/ports/log.ts';
import { WorkerLog } from '../../../../src/composition/workers/worker-log.ts';
import { EVENTS } from '../../adapters/logs/events.ts';

it('reports listening to the primary process, and only the first worker logs what is the same in all', () => {
  const [logged, reported]: LogEvent[][] = [[], []];
  const inner = { record: (event: LogEvent): void => void logged?.push(event) };
  for (const isFirst of [true, false]) {
    const log = new WorkerLog(inner, isFirst, (event) => reported?.push(event));
    for (const event of [EVENTS.listening, EVENTS['in-effect'], EVENTS['peer-opened']]) log.record(event);
  }
  expect(reported).toEqual([EVENTS.listening, EVENTS.listening]);
  expect(logged).toEqual([EVENTS['in-effect'], EVENTS['peer-opened'], EVENTS['peer-opened']]);
});
