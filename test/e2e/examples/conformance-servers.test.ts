import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { notOk, runSuite } from '../conformance/suite.ts';

const FLAGS =
  '--port {port} --path {path} --expire {expire_timeout} --alive {alive_timeout} --limit {concurrent_limit} --discovery {allow_discovery}';
/** Rules for the main duties of a server. `npm run test:soak:servers` runs all cases. */
const RULES = ['H2', 'H8', 'O3', 'O4', 'O5', 'O7', 'M1', 'M6', 'M7', 'M10', 'M13', 'M14', 'M15', 'M17', 'L1', 'L2'];
const MINUTES = 120_000;

const COMMANDS = {
  Python: `${pythonProgram()} examples/conformance/server.py ${FLAGS}`,
  Node: `"${process.execPath}" examples/conformance/server.mjs ${FLAGS}`,
};

it.concurrent.each(Object.entries(COMMANDS))(
  'the example server in %s violates no rule',
  { timeout: MINUTES },
  async (_, command) => {
    const { code, result } = await runSuite('--command', command, ...RULES.flatMap((rule) => ['--only', rule]));
    expect(notOk(result).filter((text) => !/^(loose|not testable) /.test(text))).toEqual([]);
    expect(code).toBe(0);
    expect(result.cases.filter(({ verdict }) => verdict === 'ok').length).toBeGreaterThan(150);
  },
);

/** The path of the interpreter, because a version manager starts it through a slow script. */
function pythonProgram(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}
