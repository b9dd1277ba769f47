import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { defaultConfig, type Config } from '../../../src/composition/configuration/config.ts';
import { EmbeddedBroker } from '../../../src/composition/embedded-broker.ts';
import { handleSignals } from '../../../src/composition/signals.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** The log events and actions of a broker at a signal, which the test emits only inside this process. */
function obeying(config: Partial<Config> = {}) {
  const before = SIGNALS.map((signal) => new Set(process.listeners(signal)));
  const events: LogEvent[] = [];
  const log = { record: (event: LogEvent) => void events.push(event) };
  const broker = new EmbeddedBroker(
    { ...defaultConfig(), ...config },
    { log, makeTransport: () => Promise.reject(new Error('not needed')) },
  );
  let reloads = 0;
  broker.reloadCertificate = () => Promise.resolve(void reloads++);
  let optionReloads = 0;
  handleSignals(broker, log, () => void optionReloads++);
  onTestFinished(() => {
    SIGNALS.forEach((signal, n) => {
      for (const listener of process.listeners(signal)) if (before[n]?.has(listener) === false) process.off(signal, listener);
    });
  });
  const send = (signal: (typeof SIGNALS)[number]): void => {
    const [own] = process.listeners(signal).slice(-1);
    own?.(signal);
  };
  return { events, send, reloads: () => [reloads, optionReloads] };
}

describe('signals', () => {
  it('H12: SIGHUP reloads the certificate and the options', () => {
    const { events, send, reloads } = obeying({ tls: { keyFile: 'key.pem', certFile: 'cert.pem' } });
    send('SIGHUP');
    expect([reloads(), events]).toEqual([[1, 1], []]);
  });

  it.each(['SIGUSR1', 'SIGUSR2'] as const)('%s is logged and ignored', (signal) => {
    const { events, send, reloads } = obeying();
    send(signal);
    expect([reloads(), events]).toEqual([[0, 0], [{ event: 'signal-ignored', signal }]]);
  });
});
