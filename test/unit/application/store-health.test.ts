import { describe, expect, it } from 'vitest';
import { StoreHealth } from '../../../src/application/store-health.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';

/** The health of a store with the given reports, and the events in the log. */
function healthOf(mailboxes: { health?: () => string | undefined }): { health: StoreHealth; events: LogEvent[] } {
  const events: LogEvent[] = [];
  return { events, health: new StoreHealth({ mailboxes, log: { record: (event) => void events.push(event) } }) };
}

const FAILED = 'mailbox-store-failed';
const RECOVERED = { event: 'mailbox-store-recovered' };

describe('StoreHealth', () => {
  it('M24: a store without the method health is never failing, and its puts show each change once', () => {
    const { health, events } = healthOf({});
    for (const outcome of ['held', 'failed', 'failed', 'full', 'moved'] as const) health.observe(outcome);
    expect([health.isFailing, events]).toEqual([false, [{ event: FAILED, detail: 'the store gives no reason' }]]);
    health.observe('held');
    expect(events.slice(1)).toEqual([RECOVERED]);
  });

  it('M24: a health check notices a change, and logs it once', () => {
    let reason: string | undefined = 'disk full';
    const { health, events } = healthOf({ health: () => reason });
    expect([health.isFailing, health.isFailing]).toEqual([true, true]);
    health.observe('failed');
    reason = undefined;
    expect([health.isFailing, health.isFailing]).toEqual([false, false]);
    expect(events).toEqual([{ event: FAILED, detail: 'disk full' }, RECOVERED]);
  });

  it('M24: a held message does not end a failure that the store still reports', () => {
    const { health, events } = healthOf({ health: () => 'disk full' });
    health.observe('failed');
    health.observe('held');
    expect([health.isFailing, events]).toEqual([true, [{ event: FAILED, detail: 'disk full' }]]);
  });
});
