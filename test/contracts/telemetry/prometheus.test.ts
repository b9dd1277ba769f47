import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PrometheusTelemetry } from '../../../src/adapters/telemetry/prometheus/telemetry.ts';
import { telemetryContract } from '../../../src/contracts/telemetry/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

const PREFIX = 'signalbox_';

describeContract(
  'the port Telemetry: prometheus',
  telemetryContract(() => {
    const telemetry = new PrometheusTelemetry();
    return {
      telemetry,
      async read(metric) {
        const { text } = await telemetry.render(undefined);
        const lines = text.split('\n').filter((line) => line.startsWith(PREFIX + metric));
        return Object.fromEntries(
          lines.map((line) => {
            const [labels = '', value] = line.slice(PREFIX.length + metric.length).split(' ');
            return [labels, Number(value)];
          }),
        );
      },
    };
  }),
);

describe('the metrics of the process', () => {
  async function textOf(telemetry: PrometheusTelemetry): Promise<string> {
    return (await telemetry.render(undefined)).text;
  }

  it('count open files without a list of them, on Linux', async () => {
    const telemetry = new PrometheusTelemetry();
    const count = async (): Promise<number> => Number(/^process_open_fds (\d+)$/m.exec(await textOf(telemetry))?.[1]);
    const before = await count();
    const files = Array.from({ length: 50 }, () => openSync(fileURLToPath(import.meta.url), 'r'));
    const after = await count();
    files.forEach((file) => closeSync(file));
    const [least, most] = process.platform === 'linux' ? [40, 60] : [Number.NaN, Number.NaN];
    expect(after - before >= least).toBe(process.platform === 'linux');
    expect(after - before > most).toBe(false);
  });

  it('have none whose reading costs more with each connection', async () => {
    const text = await textOf(new PrometheusTelemetry());
    expect(text).not.toMatch(/nodejs_active_/);
    for (const kept of [
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
      'nodejs_gc_duration_seconds',
      'process_max_fds',
    ]) {
      expect(text).toContain(kept);
    }
  });
});
