import ts from 'typescript';
import type { SourceFile } from './tree.ts';

/** What proves the adapters of a port: the suite that its adapters share, tests of their files, or both. */
type Proof = 'contract' | 'units' | 'contract and units';

const PROOFS: Readonly<Record<string, Proof>> = {
  clocks: 'contract',
  // A wire is more than its contract: what it reads and says, byte by byte, is its own.
  dialects: 'contract and units',
  directories: 'contract',
  buses: 'contract',
  engines: 'contract',
  mailboxes: 'contract',
  transports: 'contract',
  // One call each, and no two adapters of them promise the same: nothing to share.
  'client-addresses': 'units',
  logs: 'units',
  'peer-ids': 'units',
  authenticators: 'units',
  telemetry: 'units',
};

/** Adapters that are not proven as the others of their port are. */
const OTHERWISE: Readonly<Record<string, Proof>> = {
  // It stands before another transport, and reads a wire of its own.
  'transports/socketio': 'contract and units',
};

/** Proven by starting it: the tests of `test/e2e/` run it as a process. */
const STARTED = /^src\/composition\/cli\.ts$/;
const STARTS = /^test\/e2e\/cli\b.*\.test\.ts$/;

const ADAPTER = /^src\/adapters\/(?<port>[^/]+)\/(?<name>[^/.]+)(\/|\.ts$)/;
/** Cases and model are proven whole: by servers that keep the rules, by some that break them, and by the property tests. */
const PROVEN_WHOLE = /^conformance\/(cases|random)\//;
const SHIPPED = /^(src|conformance)\//;

const UNIT = /^test\/unit\/(?<mirrored>.+?)(\.[^/]+)?\.test\.ts$/;

interface Adapter {
  readonly port: string;
  readonly name: string;
}

function adapterOf(path: string): Adapter | undefined {
  return ADAPTER.exec(path)?.groups as Adapter | undefined;
}

/** Whether a file does anything: types and constants only are. */
export function hasBehaviour(text: string): boolean {
  const visit = (node: ts.Node): boolean =>
    (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) || (ts.forEachChild(node, visit) ?? false);
  return visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.ESNext));
}

/** Adapters that do not run the suite of their port. */
export function unprovenAdapters(files: readonly SourceFile[]): string[] {
  const adapters = new Map<string, Adapter>();
  for (const { path } of files) {
    const adapter = adapterOf(path);
    if (adapter !== undefined && adapter.name !== 'shared') adapters.set(`${adapter.port}/${adapter.name}`, adapter);
  }
  return [...adapters].flatMap(([place, { port }]) => {
    const proof = OTHERWISE[place] ?? PROOFS[port];
    if (proof === undefined) return [`adapters/${port}: say in parity.ts what proves the adapters of this port`];
    const test = files.find(({ path }) => path === `test/contracts/${place}.test.ts`);
    if (proof === 'units' || test?.text.includes("'./contract.ts'") === true) return [];
    return [`adapters/${place}: test/contracts/${place}.test.ts does not run ./contract.ts`];
  });
}

function needsUnitTest({ path, text }: SourceFile): boolean {
  const isProvenElsewhere = path.startsWith('src/application/ports/') || STARTED.test(path) || PROVEN_WHOLE.test(path);
  if (!SHIPPED.test(path) || isProvenElsewhere) return false;
  const { port = '', name = '' } = adapterOf(path) ?? {};
  return (OTHERWISE[`${port}/${name}`] ?? PROOFS[port]) !== 'contract' && hasBehaviour(text);
}

/** Files that do something and have no test of their own: `a/b.ts` wants `b.test.ts` or `b.<aspect>.test.ts`. */
export function untestedFiles(files: readonly SourceFile[]): string[] {
  const mirrored = new Set(files.map(({ path }) => UNIT.exec(path)?.groups?.['mirrored']));
  const untested = files.filter(
    (file) => needsUnitTest(file) && !mirrored.has(file.path.replace(/^src\//, '').slice(0, -'.ts'.length)),
  );
  const isStarted = files.some(({ path }) => STARTS.test(path));
  const unstarted = isStarted ? [] : files.filter(({ path }) => STARTED.test(path));
  return [...untested, ...unstarted].map(({ path }) => path);
}

/** Unit tests that outlived their file. */
export function strayTests(files: readonly SourceFile[]): string[] {
  const sources = new Set(files.map(({ path }) => path));
  const isStray = (path: string): boolean => {
    const mirrored = UNIT.exec(path)?.groups?.['mirrored'];
    const source = mirrored?.startsWith('conformance/') === true ? mirrored : `src/${mirrored}`;
    return mirrored !== undefined && !sources.has(`${source}.ts`);
  };
  return files.filter(({ path }) => isStray(path)).map(({ path }) => path);
}
