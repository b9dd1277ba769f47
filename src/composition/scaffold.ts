import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandIo } from './command-io.ts';

/* `signalbox new adapter`: the files of an adapter from outside, and its test. */

const USAGE = 'Usage: signalbox new adapter mailboxes|directory <folder>\n';
const INVALID_USAGE = 2;

/** The files of a new adapter, by name. It begins as a copy of the adapter in memory, and its tests pass. */
type Template = Readonly<Record<string, string>>;

const TEMPLATES: Readonly<Record<string, Template>> = {
  mailboxes: {
    'store.mjs': `import { MemoryMailboxStore } from '@signalbox/broker/testing';

/** A mailbox store. Replace the methods of the store in memory one by one; the tests report each broken promise. */
export class Store extends MemoryMailboxStore {}

export default { mailboxes: ({ config }) => new Store(config) };
`,
    'store.test.mjs': `import test from 'node:test';
import { mailboxContract } from '@signalbox/broker/contracts';
import { Store } from './store.mjs';

/** An empty store with the limits of a test. */
const start = async (limits) => {
  const store = new Store(limits);
  return { store, usage: async () => store.usage(), dispose: async () => undefined };
};

for (const { name, run } of mailboxContract({ start })) test(name, run);
`,
  },
  directory: {
    'directory.mjs': `import { MemoryPeerDirectory } from '@signalbox/broker/testing';

/** A directory. Replace the methods of the directory in memory one by one; the tests report each broken promise. */
export class Directory extends MemoryPeerDirectory {}

export default { directory: ({ clock }) => new Directory(clock) };
`,
    'directory.test.mjs': `import test from 'node:test';
import { directoryContract } from '@signalbox/broker/contracts';
import { ManualClock } from '@signalbox/broker/testing';
import { Directory } from './directory.mjs';

/** An empty directory, and its clock. */
const start = async () => {
  const clock = new ManualClock();
  const directory = new Directory(clock);
  return { node: () => directory, elapse: async (span) => clock.advance(span), dispose: async () => undefined };
};

for (const { name, run } of directoryContract('stay', start)) test(name, run);
`,
  },
};

/** Writes the files of a new adapter into a folder. A file that exists is never overwritten. @returns the exit code. */
export async function newAdapter(args: readonly string[], { stdout, stderr }: CommandIo): Promise<number> {
  const [what, kind = '', folder, ...more] = args;
  const template = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
  if (what !== 'adapter' || template === undefined || folder === undefined || more.length > 0) {
    stderr.write(USAGE);
    return INVALID_USAGE;
  }
  const files = Object.entries(template).map(([name, text]) => ({ path: join(folder, name), text }));
  for (const { path } of files) {
    if (!(await exists(path))) continue;
    stderr.write(`signalbox new: ${path} exists: name another folder, or remove the file\n`);
    return INVALID_USAGE;
  }
  await mkdir(folder, { recursive: true });
  for (const { path, text } of files) {
    await writeFile(path, text);
    stdout.write(`${path}\n`);
  }
  return 0;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
