import { describe, expect, it } from 'vitest';
import {
  sleep,
  addressOf,
  rejectionLogger,
  engineUnreachable,
} from '../../../../../src/adapters/engines/shared/engine-connection.ts';
import type { LogEvent } from '../../../../../src/application/ports/log.ts';

describe('connecting to an engine', () => {
  it('shows its URL without credentials', () => {
    expect(addressOf('nats://ann:secret@host.example:4222?replicas=3')).toBe('nats://host.example:4222');
    expect(addressOf('redis://:secret@[::1]:6379/0')).toBe('redis://[::1]:6379');
  });

  it('reports the reason of a failure, for an error or any other value', () => {
    const refusal = { reason: 'engine-unreachable', detail: 'no way' };
    expect(engineUnreachable('nats://host', new Error('no way'))).toMatchObject({
      ...{ refusal, message: "the engine at nats://host can't be reached: no way" },
    });
    expect(engineUnreachable('nats://host', 'no way')).toMatchObject({ refusal });
  });

  it('logs rejected messages', () => {
    const events: LogEvent[] = [];
    const reject = rejectionLogger({ record: (event) => void events.push(event) });
    reject({ why: 'unreadable' });
    reject({ why: 'unknown-version', version: 2 });
    expect(events).toEqual([
      { event: 'word-refused', why: 'unreadable', version: undefined },
      { event: 'word-refused', why: 'unknown-version', version: 2 },
    ]);
  });

  it('sleeps', () => expect(sleep(1)).resolves.toBeUndefined());
});
