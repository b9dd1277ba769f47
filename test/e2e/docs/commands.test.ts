import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../conformance/arguments.ts';
import { readBenchArguments } from '../../../src/composition/bench-command/arguments.ts';
import { readTopArguments } from '../../../src/composition/top-command/arguments.ts';
import { readArguments as readDoctorArguments } from '../../../doctor/arguments.ts';
import { ROOT } from '../../architecture/tree.ts';
import { run } from '../../support/e2e/run.ts';
import { documentedCommands, wordsOf } from './commands.ts';

/* Runs every command of the documents, as far as possible without a network, Docker or Kubernetes. */

type Names = Readonly<Record<string, string>>;
interface Package {
  readonly version: string;
  readonly scripts: Names;
  readonly dependencies: Names;
  readonly devDependencies: Names;
}

function packageOf(folder: string): Package {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Package;
}

const { version, scripts, dependencies, devDependencies } = packageOf('.');

/** How a command is run; or the reason why it is not run, and the check instead. */
interface Procedure {
  readonly about: RegExp;
  readonly why: string;
  readonly check: (line: string, found: RegExpExecArray) => Promise<void> | void;
}

/** The variables that a page exports in the lines before a command, by a flag of the command. */
const EXPORTED: Readonly<Record<string, Names>> = {
  '--admin 0.0.0.0': { SIGNALBOX_ADMIN_TOKEN: 'a'.repeat(48), SIGNALBOX_ADMIN_VIEWER_TOKEN: 'b'.repeat(48) },
  '--metrics_public': { SIGNALBOX_METRICS_TOKEN: 'c'.repeat(48) },
};

const PROCEDURES: readonly Procedure[] = [
  {
    about: /^export (SIGNALBOX_\w+)="\$\(openssl rand -hex 24\)"$/,
    why: 'it changes the shell only: the variable is one of EXPORTED, with as many characters',
    check: (_, [, name = '']) => {
      expect(Object.values(EXPORTED).some((variables) => variables[name]?.length === 48)).toBe(true);
    },
  },
  {
    about: /^curl -s.* '?http:\/\/127\.0\.0\.1:(?:9000|9001)(\/[^\s?']*)\S*$/,
    why: 'its broker is not available: the path is documented; admin.test.ts and test/e2e/deploy/prometheus.test.ts send such requests',
    check: (_, [, path = '']) => {
      const { paths } = JSON.parse(readFileSync(join(ROOT, 'docs/admin-openapi.json'), 'utf8')) as { paths: object };
      const forms = Object.keys(paths).map((form) => new RegExp(`^${form.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
      expect(forms.some((form) => form.test(path))).toBe(true);
    },
  },
  {
    about: /^signalbox token (check )?(.*)$/,
    why: 'it runs: a new token is valid; the token in the documents has expired',
    check: async (_, [, check = '', args = '']) => {
      const { code, stdout, stderr } = await run(['token', ...wordsOf(`${check}${args}`)]);
      expect({ code, stderr }).toEqual({ code: check === '' ? 0 : 1, stderr: '' });
      expect(stdout).toMatch(check === '' ? /^[\w-]+\.[\w-]+\.[\w-]+\n$/ : /\nrefused {2}it has expired\n$/);
    },
  },
  {
    about: /^signalbox new adapter (\w+) \.\/([\w-]+)$/,
    why: 'it runs, in a temporary folder',
    check: async (_, [, kind = '', name = '']) => {
      const folder = mkdtempSync(join(tmpdir(), 'adapter-'));
      const { code, stderr } = await run(['new', 'adapter', kind, join(folder, name)]);
      rmSync(folder, { recursive: true });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  },
  {
    about: /^(?:npx --no-install )?signalbox conform (.*)$/,
    why: 'its servers are not available: its arguments are parsed; test/e2e/conformance runs such commands',
    check: (_, [, args = '']) => expect(() => readArguments(wordsOf(args))).not.toThrow(),
  },
  {
    about: /^signalbox health$/,
    why: 'it needs a broker on its usual port: it prints its usage; test/e2e/deploy runs it',
    check: async () => expect((await run(['health', '--help'])).code).toBe(0),
  },
  {
    about: /^sudo apt-get install -y \.\/build\/signalbox_([\d.]+)_all\.deb$/,
    why: 'it needs root: test/e2e/deploy/debian-package.test.ts checks and starts the package; the name is checked',
    check: (_, [, written]) => expect(written).toBe(version),
  },
  {
    about: /^(?:curl -fsSL|sudo (?:apt-get|systemctl|journalctl|editor)|git clone|cd) /,
    why: 'it needs the network, root or systemd, or has no effect here',
    check: () => undefined,
  },
  {
    about: /^signalbox bench (.*)$/,
    why: 'its servers are not available: its arguments are parsed; test/e2e/cli/bench.test.ts runs such a command',
    check: (_, [, args = '']) => expect(() => readBenchArguments(wordsOf(args))).not.toThrow(),
  },
  {
    about: /^signalbox top(.*)$/,
    why: 'its broker is not available: its arguments are parsed; test/e2e/cli/top.test.ts runs such commands',
    check: (_, [, args = '']) => expect(() => readTopArguments(wordsOf(args.trim()), {})).not.toThrow(),
  },
  {
    about: /^(?:npx --no-install )?signalbox doctor (.*)$/,
    why: 'its broker is not available: its arguments are parsed; test/e2e/doctor runs such commands',
    check: (_, [, args = '']) => expect(() => readDoctorArguments(wordsOf(args))).not.toThrow(),
  },
  {
    about: /^((?:\w+=\S+ )*)(?:npx --no-install signalbox|signalbox|npm start --)((?: .*)?)$/,
    why: 'it would not end: it prints its configuration instead',
    check: async (_, [, variables = '', args = '']) => {
      const exported = Object.entries(EXPORTED).find(([flag]) => args.includes(flag))?.[1];
      const environment = Object.fromEntries(wordsOf(variables).map((one) => one.split('=', 2) as [string, string]));
      const { code, stdout, stderr } = await run([...wordsOf(args), '--print_config'], { ...exported, ...environment });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toHaveProperty('port');
    },
  },
  {
    about: /^npm install \S*signalbox-broker-([\d.]+)\.tgz$/,
    why: 'test/e2e/package installs the package: the name is checked',
    check: (_, [, written]) => expect(written).toBe(version),
  },
  {
    about: /^npm install --prefix (\S+)$/,
    why: 'the tests have the packages of the example already: its versions must be those of the tests',
    check: (_, [, folder = '']) => expect({ ...dependencies, ...devDependencies }).toMatchObject(packageOf(folder).dependencies),
  },
  {
    about: /^apt-get install -y --no-install-recommends (.+)$/,
    why: 'scripts/ensure-aiortc.mjs installs the same packages',
    check: (_, [, packages = '']) => {
      const script = readFileSync(join(ROOT, 'scripts/ensure-aiortc.mjs'), 'utf8');
      expect(script).toContain(
        `[${packages
          .split(' ')
          .map((name) => `'${name}'`)
          .join(', ')}]`,
      );
    },
  },
  {
    about: /^npm (?:install|ci|pack|prune --omit=dev)$/,
    why: 'it needs the network or changes this checkout; npm itself is not tested here',
    check: () => undefined,
  },
  {
    about: /^npm (?:run )?(\S+)(?: -- .*)?$/,
    why: 'it runs the tests or the benchmark: the script must exist',
    check: (_, [, name = '']) => expect(scripts).toHaveProperty([name]),
  },
  {
    about: /^(?:node|\/usr\/bin\/python3) (\S+\.(?:mjs|py))/,
    why: 'test/e2e/docs/snippets.test.ts, test/e2e/examples and bench:check run these: the file must exist',
    check: (_, [, file = '']) => expect(existsSync(join(ROOT, file))).toBe(true),
  },
  {
    about: /^(?:docker|kubectl) /,
    why: 'neither is available; test/e2e/deploy validates the files: they must exist',
    check: (line) => {
      const files = wordsOf(line).filter((word) => word.startsWith('deploy/'));
      for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
    },
  },
  { about: /^cd \.\.\/your-project$/, why: "the reader's own folder", check: () => undefined },
];

describe('commands of the documents', () => {
  it.each(documentedCommands())('$source: $line', async ({ line }) => {
    const procedures = PROCEDURES.filter(({ about }) => about.test(line));
    const procedure = procedures[0] ?? expect.fail(`no entry of PROCEDURES matches: ${line}`);
    await procedure.check(line, procedure.about.exec(line) ?? expect.fail());
  });

  it('every procedure has a command', () => {
    const unused = PROCEDURES.filter(({ about }) => !documentedCommands().some(({ line }) => about.test(line)));
    expect(unused.map(({ why }) => why)).toEqual([]);
  });

  it('are found in blocks, diffs, comments and the help', () => {
    const sources = new Set(documentedCommands().map(({ source }) => source));
    for (const source of [
      'README.md',
      'docs/coming-from-peer.md',
      'examples/nginx.conf',
      'deploy/README.md',
      'signalbox --help',
    ]) {
      expect(sources).toContain(source);
    }
    expect(wordsOf('conform --command "a b" c')).toEqual(['conform', '--command', 'a b', 'c']);
  });
});
