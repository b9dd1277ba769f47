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
