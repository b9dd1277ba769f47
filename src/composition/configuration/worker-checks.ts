import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem } from './reading.ts';

/** Options that several processes can't share. */
export function workerConflicts(settings: Settings, spelled: (name: OptionName) => string): ConfigProblem[] {
  const { workers, mailboxes, metrics_public, transport } = settings;
  if (workers === 1) return [];
  const source = spelled('workers');
  const problem = (name: OptionName, why: string): ConfigProblem => ({
    source: spelled(name),
    message: `${spelled(name)} can't be used with ${source} ${workers}, because ${why}`,
  });
  return [
    ...(mailboxes === 'memory' ? [] : [problem('mailboxes', 'a file of SQLite belongs to one process: remove one of them')]),
    ...(metrics_public
      ? [problem('metrics_public', 'each worker has metrics of its own: read them from the admin listeners (--admin)')]
      : []),
    ...(transport === 'uws' && process.platform !== 'linux'
      ? [problem('transport', 'uWebSockets.js shares a port only on Linux: use --transport node')]
      : []),
  ];
}
