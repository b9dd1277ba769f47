import { DIRECTORY_SCRIPTS } from './directory-scripts.ts';
import { MAILBOX_SCRIPTS } from './mailbox-scripts.ts';
import { defineScript } from './script.ts';

/** channel, message */
const PUBLISH = defineScript(`
redis.call('PUBLISH', args[1], args[2])
`);

export const SCRIPTS = { ...DIRECTORY_SCRIPTS, ...MAILBOX_SCRIPTS, publish: PUBLISH } as const;

export type ScriptName = keyof typeof SCRIPTS;

/** Scripts that change nothing. They can run more than once. */
export const READ_ONLY_SCRIPTS: ReadonlySet<ScriptName> = new Set(['locate', 'listPeers', 'listMailboxes']);
