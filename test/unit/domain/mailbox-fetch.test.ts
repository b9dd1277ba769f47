import { describe, expect, it } from 'vitest';
import { fetchMailbox, fetchMore } from '../../../src/domain/mailbox-fetch.ts';
import { session } from './session-fixture.ts';

describe('fetchMailbox', () => {
  it('O11: starts one fetch at a time, and records messages held meanwhile', () => {
    const ann = session('ann');
    expect(fetchMore(ann)).toEqual({ do: 'fetch-mailbox', session: ann, replaces: 'nothing', alreadyFetched: [] });
    expect([fetchMore(ann), ann.isFetchingMailbox, ann.mustFetchAgain]).toEqual([undefined, true, true]);
    expect(fetchMailbox(ann, 'socket')).toMatchObject({ replaces: 'socket' });
    expect([ann.isFetchingMailbox, ann.mustFetchAgain]).toEqual([true, false]);
  });
});
