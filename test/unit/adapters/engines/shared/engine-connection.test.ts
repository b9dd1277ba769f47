import { describe, expect, it } from 'vitest';
import {
  sleep,
  addressOf,
  rejectionLogger,
  engineUnreachable,
} from '../../../../../src/adapters/engines/shared/engine-connection.ts';
import type { LogEvent } from '../../../../../src/application/ports/log.ts';

describe('reaching an engine', () => {
  it('names it without its credentials', () => {
    expect(addressOf('nats://ann:secret@host.example:4222?replicas=3')).toBe('nats://host.example:4222');
    expect(addressOf('redis://:secret@[::1]:6379/0')).toBe('redis://[::1]:6379');
  });

  it('says why it is not reached, whatever was thrown', () => {
    const refusal = { reason: 'engine-unreachable', detail: 'no way' };
    expect(engineUnreachable('nats://host', new Error('no way'))).toMatchObject({
      ...{ refusal, message: "the engine at nats://host can't be reached: no way" },
    });
    expect(engineUnreachable('nats://host', 'no way')).toMatchObject({ refusal });
  });

  it('logs what was passed over', () => {
    const events: LogEvent[] = [];
    const refused = rejectionLogger({ record: (event) => void events.push(event) });
    refused({ why: 'unreadable' });
    refused({ why: 'unknown-version', version: 2 });
    expect(events).toEqual([
      { event: 'word-refused', why: 'unreadable', version: undefined },
      { event: 'word-refused', why: 'unknown-version', version: 2 },
    ]);
  });

  it('waits', () => expect(sleep(1)).resolves.toBeUndefined());
});
