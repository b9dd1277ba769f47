import { DIRECTORY_SCRIPTS } from './directory-scripts.ts';
import { MAILBOX_SCRIPTS } from './mailbox-scripts.ts';
import { script } from './script.ts';

/** channel, word */
const TELL = script(`
redis.call('PUBLISH', given[1], given[2])
`);

export const SCRIPTS = { ...DIRECTORY_SCRIPTS, ...MAILBOX_SCRIPTS, tell: TELL } as const;

export type ScriptName = keyof typeof SCRIPTS;

/** Those that change nothing: they may be run as often as they are asked. */
export const QUESTIONS: ReadonlySet<ScriptName> = new Set(['locate', 'present', 'waiting']);
