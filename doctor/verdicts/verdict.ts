/** Whether a step found a fault. `skipped`: the step did not run, or does not apply. */
export type State = 'good' | 'doubtful' | 'bad' | 'skipped';

/** The steps in the order of the report. */
export const STEPS = {
  D1: 'name, TCP and TLS',
  D2: 'the broker answers',
  D3: 'the request as the broker received it',
  D4: 'CORS and Origin',
  D5: 'WebSocket and OPEN',
  D6: 'id, token and clock',
  D7: 'message sizes',
  D8: 'an idle socket',
  D9: 'server-sent events',
  D10: 'list of ICE servers',
  D11: 'STUN',
  D12: 'TURN',
  D13: 'two peers',
  D14: 'two users',
} as const;

export type StepId = keyof typeof STEPS;

/** One verdict. Texts contain facts as `{name}`. */
export interface Verdict {
  readonly step: StepId;
  readonly state: State;
  /** The observation. */
  readonly is: string;
  /** The effect on users; empty for a good verdict. */
  readonly effect: string;
  /** The next step of the operator; empty for a good verdict. */
  readonly remedy: string;
  /** The option of the broker, the directive of the proxy, or the field of the TURN server. */
  readonly setting?: string;
  /** A page of this package. */
  readonly link?: string;
}

export function good(step: StepId, is: string): Verdict {
  return { step, state: 'good', is, effect: '', remedy: '' };
}
