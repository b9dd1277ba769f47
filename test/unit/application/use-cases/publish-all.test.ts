import { describe, expect, it } from 'vitest';
import { SupabaseBroker } from '../../../support/supabase-broker.ts';

const list = (...topics: readonly string[]): string =>
  JSON.stringify({ messages: topics.map((topic) => ({ topic, event: 'note', payload: 1 })) });

describe('publishAll', () => {
  it('T4: publishes all drafts of a request in order', () => {
    const broker = new SupabaseBroker();
    const ann = broker.join('a', 'b');
    expect(broker.post('', list('a', 'b', 'a'))[0]).toBe(202);
    expect(ann.broadcasts.map(([topic]) => topic)).toEqual(['realtime:a', 'realtime:b', 'realtime:a']);
  });

  it('T1: publishes none of them if one topic is not usable', () => {
    const broker = new SupabaseBroker({ topicLength: 3 });
    const ann = broker.join('a');
    expect([broker.post('', list('a', 'long'))[0], ann.broadcasts]).toEqual([422, []]);
  });

  it('A1: the authorizer decides where Mercure has no tokens', () => {
    const required = { auth: 'required', authKeys: [], authIssuers: [] } as const;
    const authorizer = { headers: [], authorize: (): void => undefined };
    const broker = new SupabaseBroker(required, { authorizer });
    expect(broker.post('', list('a'))[0]).toBeUndefined();
  });

  it('R1, SB1: refuses an unknown realm', () => expect(new SupabaseBroker().post('?key=none', list('a'))[0]).toBe(401));
});
