import fc from 'fast-check';
import { KINDS } from './message-kinds.ts';
import { IGNORED_FRAMES, MALFORMED_FRAMES } from './odd-frames.ts';
import { IDS, UNUSABLE_ID, type Step } from './steps.ts';

/** What steps are drawn from. */
export interface DrawOptions {
  /** How many realms are played with. */
  readonly realms: number;
  /** Whether messages to an id that can be nobody's, and attempts to have it, are drawn too. */
  readonly hasUnusableId: boolean;
  /** How often somebody connects; 8 is about every fifth step. */
  readonly connectWeight: number;
  /** How many messages a flood may have. */
  readonly floodSizes: readonly number[];
  /** How many malformed frames may come in a row. */
  readonly malformedCounts: readonly number[];
  /** How long a wait may be: bounds, both included. Each is as likely as the others. */
  readonly waitRanges: readonly (readonly [from: number, to: number])[];
  /** How many steps a list has. */
  readonly minSteps: number;
  readonly maxSteps: number;
}

/** Lists of steps. The same seed gives the same lists. */
export function stepLists({
  realms,
  hasUnusableId,
  connectWeight,
  floodSizes,
  malformedCounts,
  waitRanges,
  minSteps,
  maxSteps,
}: DrawOptions): fc.Arbitrary<Step[]> {
  const realm = fc.constantFrom(0, 0, 0, ...Array.from({ length: realms - 1 }, (_, n) => n + 1));
  const who = fc.constantFrom(...IDS);
  const id = hasUnusableId ? fc.constantFrom(...IDS, ...IDS, UNUSABLE_ID) : who;
  const to = id;
  const token = fc.constantFrom('one', 'one', 'one', 'two');
  const connect = fc.record({ do: fc.constant('connect' as const), realm, id, token });
  const relay = fc.record({ do: fc.constant('relay' as const), realm, who, kind: fc.constantFrom(...KINDS), to });
  const simple = (name: 'reconnect' | 'takeover' | 'heartbeat' | 'leave' | 'close' | 'cut'): fc.Arbitrary<Step> =>
    fc.record({ do: fc.constant(name), realm, who });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { arbitrary: connect, weight: connectWeight },
    { arbitrary: relay, weight: 12 },
    { arbitrary: simple('reconnect'), weight: 2 },
    { arbitrary: simple('takeover'), weight: 1 },
    { arbitrary: simple('heartbeat'), weight: 3 },
    { arbitrary: simple('leave'), weight: 3 },
    { arbitrary: simple('close'), weight: 2 },
    { arbitrary: simple('cut'), weight: 2 },
    {
      arbitrary: fc.record({
        do: fc.constant('malformed' as const),
        realm,
        who,
        frame: nameIn(MALFORMED_FRAMES),
        times: fc.constantFrom(...malformedCounts),
      }),
      weight: 3,
    },
    { arbitrary: fc.record({ do: fc.constant('ignored' as const), realm, who, frame: nameIn(IGNORED_FRAMES) }), weight: 1 },
    {
      arbitrary: fc.record({ do: fc.constant('flood' as const), realm, who, to, count: fc.constantFrom(...floodSizes) }),
      weight: 3,
    },
    { arbitrary: fc.record({ do: fc.constant('from-all' as const), realm, to }), weight: 2 },
    { arbitrary: fc.record({ do: fc.constant('wait' as const), ms: spanIn(waitRanges) }), weight: 4 },
  );
  return fc.array(step, { minLength: minSteps, maxLength: maxSteps, size: 'max' });
}

function nameIn(table: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.keys(table));
}

function spanIn(spans: DrawOptions['waitRanges']): fc.Arbitrary<number> {
  return fc.oneof(...spans.map(([min, max]) => fc.integer({ min, max })));
}
