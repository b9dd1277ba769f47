import { describe, expect, it } from 'vitest';
import { collect, collectMore } from '../../../src/domain/collecting.ts';
import { session } from './sessions.ts';

describe('collecting', () => {
  it('O11: is asked for once at a time; what comes meanwhile is remembered', () => {
    const ann = session('ann');
    expect(collectMore(ann)).toEqual({ do: 'collect', session: ann, replaces: 'nothing', earlier: [] });
    expect([collectMore(ann), ann.isCollecting, ann.hasMore]).toEqual([undefined, true, true]);
    expect(collect(ann, 'socket')).toMatchObject({ replaces: 'socket' });
    expect([ann.isCollecting, ann.hasMore]).toEqual([true, false]);
  });
});
