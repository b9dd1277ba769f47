import { createHash } from 'node:crypto';
import { BAN_SCRIPTS } from './ban-scripts.ts';
import { DIRECTORY_SCRIPTS } from './directory-scripts.ts';
import { FORMAT_SCRIPTS } from './format-scripts.ts';
import { MAILBOX_SCRIPTS } from './mailbox-scripts.ts';
import { defineScript } from './script.ts';

/** channel, message */
const PUBLISH = defineScript(`
redis.call('PUBLISH', args[1], args[2])
`);

export const SCRIPTS = { ...DIRECTORY_SCRIPTS, ...MAILBOX_SCRIPTS, ...FORMAT_SCRIPTS, ...BAN_SCRIPTS, publish: PUBLISH } as const;

export type ScriptName = keyof typeof SCRIPTS;

/** By which Redis names the scripts. */
export const DIGESTS = Object.fromEntries(
  Object.entries(SCRIPTS).map(([name, text]) => [name, createHash('sha1').update(text).digest('hex')]),
) as Readonly<Record<ScriptName, string>>;

/** Scripts that change nothing. They can run more than once. */
export const READ_ONLY_SCRIPTS: ReadonlySet<ScriptName> = new Set(['check', 'locate', 'listPeers', 'listMailboxes']);
