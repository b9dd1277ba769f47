import fc from 'fast-check';
import { KINDS } from './message-kinds.ts';
import { MUTTERS, STUMBLES } from './odd-frames.ts';
import { IDS, NOBODY, type Step } from './steps.ts';

/** What steps are drawn from. */
export interface Scope {
  /** How many realms are played with. */
  readonly realms: number;
  /** Whether messages to an id that can be nobody's, and attempts to have it, are drawn too. */
  readonly hasNobody: boolean;
  /** How often somebody connects; 8 is about every fifth step. */
  readonly arrivals: number;
  /** How many messages a flood may have. */
  readonly floods: readonly number[];
  /** How many malformed frames may come in a row. */
  readonly stumbles: readonly number[];
  /** How long a wait may be: bounds, both included. Each is as likely as the others. */
  readonly spans: readonly (readonly [from: number, to: number])[];
  /** How many steps a list has. */
  readonly least: number;
  readonly most: number;
}

/** Lists of steps. The same seed gives the same lists. */
export function stepLists({ realms, hasNobody, arrivals, floods, stumbles, spans, least, most }: Scope): fc.Arbitrary<Step[]> {
  const realm = fc.constantFrom(0, 0, 0, ...Array.from({ length: realms - 1 }, (_, n) => n + 1));
  const who = fc.constantFrom(...IDS);
  const id = hasNobody ? fc.constantFrom(...IDS, ...IDS, NOBODY) : who;
  const to = id;
  const token = fc.constantFrom('one', 'one', 'one', 'two');
  const connect = fc.record({ do: fc.constant('connect' as const), realm, id, token });
  const relay = fc.record({ do: fc.constant('relay' as const), realm, who, kind: fc.constantFrom(...KINDS), to });
  const simple = (name: 'reconnect' | 'steal' | 'beat' | 'leave' | 'close' | 'cut'): fc.Arbitrary<Step> =>
    fc.record({ do: fc.constant(name), realm, who });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { arbitrary: connect, weight: arrivals },
    { arbitrary: relay, weight: 12 },
    { arbitrary: simple('reconnect'), weight: 2 },
    { arbitrary: simple('steal'), weight: 1 },
    { arbitrary: simple('beat'), weight: 3 },
    { arbitrary: simple('leave'), weight: 3 },
    { arbitrary: simple('close'), weight: 2 },
    { arbitrary: simple('cut'), weight: 2 },
    {
      arbitrary: fc.record({
        do: fc.constant('stumble' as const),
        realm,
        who,
        over: nameIn(STUMBLES),
        times: fc.constantFrom(...stumbles),
      }),
      weight: 3,
    },
    { arbitrary: fc.record({ do: fc.constant('mutter' as const), realm, who, what: nameIn(MUTTERS) }), weight: 1 },
    {
      arbitrary: fc.record({ do: fc.constant('flood' as const), realm, who, to, count: fc.constantFrom(...floods) }),
      weight: 3,
    },
    { arbitrary: fc.record({ do: fc.constant('chorus' as const), realm, to }), weight: 2 },
    { arbitrary: fc.record({ do: fc.constant('wait' as const), ms: spanIn(spans) }), weight: 4 },
  );
  return fc.array(step, { minLength: least, maxLength: most, size: 'max' });
}

function nameIn(table: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.keys(table));
}

function spanIn(spans: Scope['spans']): fc.Arbitrary<number> {
  return fc.oneof(...spans.map(([min, max]) => fc.integer({ min, max })));
}
