import fc from 'fast-check';
import { KINDS } from './message-kinds.ts';
import { IGNORED_FRAMES, MALFORMED_FRAMES } from './odd-frames.ts';
import { scenarios, type ScenarioTimes } from './scenarios.ts';
import { ID_SETS, IDS, UNUSABLE_ID, type Step } from './steps.ts';

/** The distribution of random steps. */
export interface DrawOptions {
  /** Number of realms. */
  readonly realms: number;
  /** Include messages to, and connections with, an invalid id. */
  readonly hasUnusableId: boolean;
  /** The weight of connect steps; 8 is about one step in five. */
  readonly connectWeight: number;
  /** The possible message counts of a flood. */
  readonly floodSizes: readonly number[];
  /** The possible numbers of consecutive malformed frames. */
  readonly malformedCounts: readonly number[];
  /** The ranges of wait times, inclusive. Each range is equally likely. */
  readonly waitRanges: readonly (readonly [from: number, to: number])[];
  /** The timeouts of scenarios; undefined for single steps of the usual ids only. */
  readonly scenarioTimes?: ScenarioTimes | undefined;
  /** The number of steps of a list; scenarios count as one. */
  readonly minSteps: number;
  readonly maxSteps: number;
}

/** Generates lists of steps. The same seed generates the same lists. */
export function stepLists(options: DrawOptions): fc.Arbitrary<Step[]> {
  const { scenarioTimes: times, minSteps, maxSteps } = options;
  const length = { minLength: minSteps, maxLength: maxSteps, size: 'max' } as const;
  if (times === undefined) return fc.array(singleStep(options, IDS), length);
  return fc.constantFrom(...ID_SETS).chain((ids) => {
    const single = singleStep(options, ids).map((step) => [step]);
    const scenario = scenarios(realmOf(options), ids, times);
    return fc
      .array(fc.oneof({ arbitrary: single, weight: SINGLE_STEP_WEIGHT }, { arbitrary: scenario, weight: 1 }), length)
      .map((parts) => parts.flat());
  });
}

/** For each scenario, the number of single steps. */
const SINGLE_STEP_WEIGHT = 20;

function realmOf({ realms }: DrawOptions): fc.Arbitrary<number> {
  return fc.constantFrom(0, 0, 0, ...Array.from({ length: realms - 1 }, (_, n) => n + 1));
}

function singleStep(options: DrawOptions, ids: readonly string[]): fc.Arbitrary<Step> {
  const { hasUnusableId, connectWeight, floodSizes, malformedCounts, waitRanges } = options;
  const realm = realmOf(options);
  const who = fc.constantFrom(...ids);
  const id = hasUnusableId ? fc.constantFrom(...ids, ...ids, UNUSABLE_ID) : who;
  const to = id;
  const token = fc.constantFrom('one', 'one', 'one', 'two');
  const connect = fc.record({ do: fc.constant('connect' as const), realm, id, token });
  const relay = fc.record({ do: fc.constant('relay' as const), realm, who, kind: fc.constantFrom(...KINDS), to });
  const simple = (name: 'reconnect' | 'takeover' | 'heartbeat' | 'leave' | 'close' | 'cut'): fc.Arbitrary<Step> =>
    fc.record({ do: fc.constant(name), realm, who });
  return fc.oneof(
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
      weight: 5,
    },
    { arbitrary: fc.record({ do: fc.constant('ignored' as const), realm, who, frame: nameIn(IGNORED_FRAMES) }), weight: 1 },
    {
      arbitrary: fc.record({ do: fc.constant('flood' as const), realm, who, to, count: fc.constantFrom(...floodSizes) }),
      weight: 3,
    },
    { arbitrary: fc.record({ do: fc.constant('from-all' as const), realm, to }), weight: 2 },
    { arbitrary: fc.record({ do: fc.constant('wait' as const), ms: spanIn(waitRanges) }), weight: 4 },
  );
}

function nameIn(table: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.keys(table));
}

function spanIn(spans: DrawOptions['waitRanges']): fc.Arbitrary<number> {
  return fc.oneof(...spans.map(([min, max]) => fc.integer({ min, max })));
}
