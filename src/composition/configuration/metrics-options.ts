import { flag, maybe, option, text, type Option, type ValueType } from './option.ts';
import { secret } from './option-types.ts';

const MIN_TOKEN = 32;

/** The options of the metrics. */
export const METRICS_OPTIONS = {
  metrics_public: option(flag(), {
    group: 'Monitoring',
    description:
      'Serves the metrics at /metrics of the port of the broker, for hosts with one port only. Requires metrics_token. ' +
      'The path is at the root, also with another path for the dialects.',
    effect: 'GET /metrics: the metrics for readers with the token, 401 for others (H19).',
    default: false,
  }),
  metrics_token: option(maybe(readerToken()), {
    group: 'Monitoring',
    description: 'Bearer token of the programs that read the metrics from the port of the broker.',
    effect: 'See metrics_public (H19).',
    default: undefined,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;

function readerToken(): ValueType<string> {
  return secret(
    text({
      placeholder: '<token>',
      allowed: `a text of ${MIN_TOKEN} to 255 characters without blanks`,
      parse: (value) => (value.length < MIN_TOKEN || value.length > 255 || /[\s\p{Cc}]/u.test(value) ? undefined : value),
    }),
  );
}
