import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/** H19: each of the two options needs the other. */
export function metricsConflicts({ metrics_public, metrics_token }: Settings, sourceOf: SourceOf): ConfigProblem[] {
  if (metrics_public === (metrics_token !== undefined)) return [];
  const [present, missing]: [OptionName, OptionName] = metrics_public
    ? ['metrics_public', 'metrics_token']
    : ['metrics_token', 'metrics_public'];
  const source = sourceOf(present) ?? present;
  return [{ source, message: `${source} is given without ${missing}: add it, or remove the option` }];
}
