import { DIRECTORY_SCRIPTS } from './directory-scripts.ts';
import { MAILBOX_SCRIPTS } from './mailbox-scripts.ts';
import { defineScript } from './script.ts';

/** channel, word */
const PUBLISH = defineScript(`
redis.call('PUBLISH', given[1], given[2])
`);

export const SCRIPTS = { ...DIRECTORY_SCRIPTS, ...MAILBOX_SCRIPTS, tell: PUBLISH } as const;

export type ScriptName = keyof typeof SCRIPTS;

/** Those that change nothing: they may be run as often as they are asked. */
export const READ_ONLY_SCRIPTS: ReadonlySet<ScriptName> = new Set(['locate', 'present', 'waiting']);
