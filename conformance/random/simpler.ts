import { IDS, type Step } from './steps.ts';

const SHORTEST_FLOOD = 2;
const SHORTEST_WAIT_MS = 10;
const FIRST_STUMBLE = 'a truncated object';

/** Simpler replacements of a step, simplest first, to make a failure easier to read. */
export function simpler(step: Step): readonly Step[] {
  switch (step.do) {
    case 'connect':
      return step.token === 'one' ? [] : [{ ...step, token: 'one' }];
    case 'relay':
      return step.kind === 'OFFER' ? [] : [{ ...step, kind: 'OFFER' }];
    case 'flood': {
      const { realm, who, to, count } = step;
      const relay: Step = { do: 'relay', realm, who, kind: 'OFFER', to };
      const fewer = Math.floor(count / 2);
      return fewer < SHORTEST_FLOOD ? [relay] : [relay, { ...step, count: fewer }];
    }
    case 'from-all':
      return IDS.map((who): Step => ({ do: 'relay', realm: step.realm, who, kind: 'OFFER', to: step.to }));
    case 'malformed':
      return [
        ...(step.times === 1 ? [] : [{ ...step, times: 1 }]),
        ...(step.frame === FIRST_STUMBLE ? [] : [{ ...step, frame: FIRST_STUMBLE }]),
      ];
    case 'wait': {
      const ms = Math.floor(step.ms / 2);
      return ms < SHORTEST_WAIT_MS ? [] : [{ ...step, ms }];
    }
    case 'reconnect':
    case 'takeover':
    case 'heartbeat':
    case 'ignored':
    case 'leave':
    case 'close':
    case 'cut':
      return [];
  }
}

/** The steps with each pause multiplied by the factor. */
export function withLongerPauses(steps: readonly Step[], factor: number): readonly Step[] {
  return steps.map((step) => (step.do === 'wait' ? { ...step, ms: step.ms * factor } : step));
}
