import type { HandshakeListener } from '../domain/handshakes.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** Counts the outcomes of offers, and how long the answers took. */
export function countHandshakes(telemetry: Telemetry): HandshakeListener {
  const counters = {
    answered: telemetry.counter('handshakes_total', 'answered'),
    expired: telemetry.counter('handshakes_total', 'expired'),
    unanswered: telemetry.counter('handshakes_total', 'unanswered'),
  };
  const seconds = telemetry.histogram('answer_seconds');
  return (outcome, span) => {
    counters[outcome].add();
    if (outcome === 'answered') seconds.observe(span / 1000);
  };
}
