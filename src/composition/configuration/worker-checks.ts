import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/** Options that several processes can't share. */
export function workerConflicts(settings: Settings, spelled: (name: OptionName) => string): ConfigProblem[] {
  const { workers, mailboxes, metrics_public, transport, legacy_xhr } = settings;
  if (workers === 1) return [];
  const source = spelled('workers');
  const problem = (name: OptionName, why: string): ConfigProblem => ({
    source: spelled(name),
    message: `${spelled(name)} can't be used with ${source} ${workers}, because ${why}`,
  });
  return [
    ...(mailboxes === 'memory' ? [] : [problem('mailboxes', 'a file of SQLite belongs to one process: remove one of them')]),
    ...(legacy_xhr ? [problem('legacy_xhr', 'the requests of one client reach different workers: remove one of them')] : []),
    ...(metrics_public
      ? [problem('metrics_public', 'each worker has metrics of its own: read them from the admin listeners (--admin)')]
      : []),
    ...(transport === 'uws' && process.platform !== 'linux'
      ? [problem('transport', 'uWebSockets.js shares a port only on Linux: use --transport node')]
      : []),
  ];
}

/** Socket.IO clients that begin with long polling send each request on any connection. */
export function workerWarnings({ workers, dialects, all }: Settings, sourceOf: SourceOf): string[] {
  if (workers === 1 || !(all || dialects.includes('socketio'))) return [];
  const source = sourceOf('workers') ?? 'workers';
  return [
    `${source} ${workers} needs Socket.IO clients without long polling, because the requests of one client reach different ` +
      "workers: set transports: ['websocket'] in the clients",
  ];
}
