import ts from 'typescript';
import type { SourceFile } from './tree.ts';

/** The proof for the adapters of a port: the shared contract suite, unit tests, or both. */
type Proof = 'contract' | 'units' | 'contract and units';

const PROOFS: Readonly<Record<string, Proof>> = {
  clocks: 'contract',
  // The wire format of each dialect needs unit tests beside the contract.
  dialects: 'contract and units',
  directories: 'contract',
  buses: 'contract',
  'broker-links': 'contract',
  engines: 'contract',
  'cluster-records': 'contract',
  mailboxes: 'contract',
  'ice-servers': 'contract',
  authorizers: 'contract',
  transports: 'contract',
  telemetry: 'contract',
  // The adapters of these ports have no common promises, so there is no contract suite.
  'client-addresses': 'units',
  logs: 'units',
  'peer-ids': 'units',
  authenticators: 'units',
  'token-verifiers': 'units',
  'admin-listeners': 'contract and units',
};

/** Adapters with another proof than the other adapters of their port. */
const EXCEPTIONS: Readonly<Record<string, Proof>> = {
  // It reads the claims of tokens.
  'authorizers/jwt': 'contract and units',
  // Socket.IO wraps another transport and has a wire format of its own.
  'transports/socketio': 'contract and units',
};

/** Files that the tests of `test/e2e/` run as a process. */
const STARTED = /^src\/composition\/(cli|serve|workers\/(primary|worker))\.ts$/;
const STARTS = /^test\/e2e\/cli\b.*\.test\.ts$/;

const ADAPTER = /^src\/adapters\/(?<port>[^/]+)\/(?<name>[^/.]+)(\/|\.ts$)/;
/**
 * Covered as a whole: cases and model by correct servers, by faulty ones, and by the property tests; the steps of the doctor by
 * planted faults. The bindings are covered by every test of a whole broker, the contract suites by faulty adapters.
 */
const PROVEN_WHOLE = /^(conformance\/(cases|random)|doctor\/(steps|probes)|src\/composition\/bindings|src\/contracts\/[^/]+)\//;
const SHIPPED = /^(src|conformance|doctor)\//;

const UNIT = /^test\/unit\/(?<mirrored>.+?)(\.[^/]+)?\.test\.ts$/;

interface Adapter {
  readonly port: string;
  readonly name: string;
}

function adapterOf(path: string): Adapter | undefined {
  return ADAPTER.exec(path)?.groups as Adapter | undefined;
}

/** Whether a file has behaviour, not only types and constants. */
export function hasBehaviour(text: string): boolean {
  const visit = (node: ts.Node): boolean =>
    (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) || (ts.forEachChild(node, visit) ?? false);
  return visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.ESNext));
}

/** Adapters that do not run the contract suite of their port. */
export function unprovenAdapters(files: readonly SourceFile[]): string[] {
  const adapters = new Map<string, Adapter>();
  for (const { path } of files) {
    const adapter = adapterOf(path);
    if (adapter !== undefined && adapter.name !== 'shared') adapters.set(`${adapter.port}/${adapter.name}`, adapter);
  }
  return [...adapters].flatMap(([place, { port }]) => {
    const proof = EXCEPTIONS[place] ?? PROOFS[port];
    if (proof === undefined) return [`adapters/${port}: add the proof for adapters of this port to PROOFS in parity.ts`];
    const test = files.find(({ path }) => path === `test/contracts/${place}.test.ts`);
    if (proof === 'units' || test?.text.includes(`/contracts/${port}/contract.ts'`) === true) return [];
    return [`adapters/${place}: test/contracts/${place}.test.ts does not run src/contracts/${port}/contract.ts`];
  });
}

function needsUnitTest({ path, text }: SourceFile): boolean {
  const isProvenElsewhere = path.startsWith('src/application/ports/') || STARTED.test(path) || PROVEN_WHOLE.test(path);
  if (!SHIPPED.test(path) || isProvenElsewhere) return false;
  const { port = '', name = '' } = adapterOf(path) ?? {};
  return (EXCEPTIONS[`${port}/${name}`] ?? PROOFS[port]) !== 'contract' && hasBehaviour(text);
}

/** Files with behaviour and without a unit test: `a/b.ts` needs `b.test.ts` or `b.<aspect>.test.ts`. */
export function untestedFiles(files: readonly SourceFile[]): string[] {
  const mirrored = new Set(files.map(({ path }) => UNIT.exec(path)?.groups?.['mirrored']));
  const untested = files.filter(
    (file) => needsUnitTest(file) && !mirrored.has(file.path.replace(/^src\//, '').slice(0, -'.ts'.length)),
  );
  const isStarted = files.some(({ path }) => STARTS.test(path));
  const unstarted = isStarted ? [] : files.filter(({ path }) => STARTED.test(path));
  return [...untested, ...unstarted].map(({ path }) => path);
}

/** Unit tests without a source file. */
export function strayTests(files: readonly SourceFile[]): string[] {
  const sources = new Set(files.map(({ path }) => path));
  const isStray = (path: string): boolean => {
    const mirrored = UNIT.exec(path)?.groups?.['mirrored'];
    const source = /^(conformance|doctor)\//.test(mirrored ?? '') ? mirrored : `src/${mirrored}`;
    return mirrored !== undefined && !sources.has(`${source}.ts`);
  };
  return files.filter(({ path }) => isStray(path)).map(({ path }) => path);
}
