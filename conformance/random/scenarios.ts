import fc from 'fast-check';
import type { Millis } from '../../src/domain/time.ts';
import { KINDS, type Kind } from './message-kinds.ts';
import type { Step } from './steps.ts';

/** The timeouts that scenarios await; undefined if they are too long. */
export interface ScenarioTimes {
  readonly expireTimeout: Millis | undefined;
  readonly aliveTimeout: Millis | undefined;
  readonly sweepInterval: Millis;
}

/** The peers of a scenario. */
interface Cast {
  readonly realm: number;
  readonly ann: string;
  readonly bob: string;
  /** Absent at the beginning. */
  readonly cem: string;
  /** The types of three messages. */
  readonly kinds: readonly Kind[];
  /** How a sender leaves. */
  readonly exit: 'leave' | 'close';
}

const HELD_KINDS = KINDS.filter((kind) => kind !== 'LEAVE');

/**
 * Sequences of steps that random steps rarely produce: messages for one absent peer, a sweep over several mailboxes, a sender
 * that is gone, and signs of life just before the timeout.
 */
export function scenarios(realm: fc.Arbitrary<number>, ids: readonly string[], times: ScenarioTimes): fc.Arbitrary<Step[]> {
  const kind = fc.constantFrom(...HELD_KINDS);
  const kinds = fc.oneof(
    fc.array(kind, { minLength: 3, maxLength: 3 }),
    kind.map((one) => [one, one, one]),
  );
  const cast = fc
    .record({
      realm,
      names: fc.shuffledSubarray([...ids], { minLength: 3, maxLength: 3 }),
      kinds,
      exit: fc.constantFrom('leave', 'close'),
    })
    .map(({ names: [ann = '', bob = '', cem = ''], ...rest }): Cast => ({ ...rest, ann, bob, cem }));
  const all = [...mailScenarios(), ...expiryScenarios(times), ...livenessScenarios(times)];
  return fc.tuple(cast, fc.constantFrom(...all)).map(([one, scenario]) => scenario(one));
}

type Scenario = (cast: Cast) => Step[];

function mailScenarios(): Scenario[] {
  return [
    (cast) => [...begin(cast), ...sends(cast, cast.ann), connect(cast, cast.cem)],
    (cast) => [...begin(cast), ...sends(cast, cast.ann), { ...by(cast, cast.ann), do: cast.exit }, connect(cast, cast.cem)],
    (cast) => [...begin(cast), ...sends(cast, cast.ann), ...sends(cast, cast.bob), connect(cast, cast.cem)],
  ];
}

function expiryScenarios({ expireTimeout, sweepInterval }: ScenarioTimes): Scenario[] {
  if (expireTimeout === undefined) return [];
  const expires: Step = { do: 'wait', ms: Math.round(expireTimeout + 2 * sweepInterval) };
  const half: Step = { do: 'wait', ms: Math.round(expireTimeout / 2) };
  return [
    (cast) => [...begin(cast), ...sends(cast, cast.ann), expires],
    (cast) => [...begin(cast), ...sends(cast, cast.ann), ...sends(cast, cast.bob), expires],
    (cast) => [
      ...begin(cast),
      ...sends(cast, cast.ann),
      { ...by(cast, cast.ann), do: 'leave' },
      connect(cast, cast.ann, 'two'),
      expires,
    ],
    (cast) => [...begin(cast), ...sends(cast, cast.ann), { ...by(cast, cast.ann), do: 'reconnect' }, expires],
    (cast) => [
      ...begin(cast),
      ...sends(cast, cast.ann),
      half,
      ...sends(cast, cast.ann),
      half,
      ...sends(cast, cast.ann),
      half,
      expires,
    ],
    // A young mailbox before an old one, and the other way round.
    (cast) => [
      ...begin(cast),
      { ...by(cast, cast.bob), do: 'leave' },
      ...sends(cast, cast.ann),
      half,
      { ...by(cast, cast.ann), do: 'relay', kind: 'OFFER', to: cast.bob },
      half,
      connect(cast, cast.cem),
      ...sends(cast, cast.ann, cast.bob),
      expires,
    ],
  ];
}

function livenessScenarios({ aliveTimeout }: ScenarioTimes): Scenario[] {
  if (aliveTimeout === undefined) return [];
  const most: Step = { do: 'wait', ms: Math.round(0.6 * aliveTimeout) };
  return [
    (cast) => [...begin(cast), most, { ...by(cast, cast.ann), do: 'heartbeat' }, most],
    (cast) => [...begin(cast), most, { ...by(cast, cast.ann), do: 'reconnect' }, most],
    (cast) => {
      const writes: Step[] = [{ ...by(cast, cast.bob), do: 'relay', kind: 'OFFER', to: cast.ann }, most];
      return [...begin(cast), ...writes, ...writes, ...writes];
    },
  ];
}

/** Ann and Bob are present, Cem is not. */
function begin(cast: Cast): Step[] {
  const leaves: Step[] = [connect(cast, cast.cem), { ...by(cast, cast.cem), do: 'leave' }];
  return [...leaves, connect(cast, cast.ann), connect(cast, cast.bob)];
}

function connect({ realm }: Cast, id: string, token = 'one'): Step {
  return { do: 'connect', realm, id, token };
}

function by({ realm }: Cast, who: string): { readonly realm: number; readonly who: string } {
  return { realm, who };
}

function sends(cast: Cast, who: string, to: string = cast.cem): Step[] {
  return cast.kinds.map((kind) => ({ ...by(cast, who), do: 'relay', kind, to }));
}
