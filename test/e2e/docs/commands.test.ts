import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../conformance/arguments.ts';
import { ROOT } from '../../architecture/tree.ts';
import { run } from '../../support/e2e/run.ts';
import { commandsToType, wordsOf } from './commands.ts';

/* Everything that a page tells to type is typed here, as far as it can be without a network, Docker or Kubernetes. */

const { version, scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  scripts: Record<string, string>;
};

/** How a command is typed; or why it is not, and what of it is checked instead. */
interface Way {
  readonly about: RegExp;
  readonly why: string;
  readonly type: (line: string, found: RegExpExecArray) => Promise<void> | void;
}

const WAYS: readonly Way[] = [
  {
    about: /^(?:npx --no-install )?signalbox conform (.*)$/,
    why: 'its servers are not here: its arguments are read; test/e2e/conformance runs such commands',
    type: (_, [, args = '']) => expect(() => readArguments(wordsOf(args))).not.toThrow(),
  },
  {
    about: /^((?:\w+=\S+ )*)(?:npx --no-install signalbox|signalbox|npm start --)((?: .*)?)$/,
    why: 'it would not end: it prints the configuration that it would run with',
    type: async (_, [, variables = '', args = '']) => {
      const environment = Object.fromEntries(wordsOf(variables).map((one) => one.split('=', 2) as [string, string]));
      const { code, stdout, stderr } = await run([...wordsOf(args), '--print_config'], environment);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toHaveProperty('port');
    },
  },
  {
    about: /^npm install \S*signalbox-([\d.]+)\.tgz$/,
    why: 'test/e2e/package installs what is published: the name is checked',
    type: (_, [, written]) => expect(written).toBe(version),
  },
  {
    about: /^npm (?:install|ci|pack|prune --omit=dev)$/,
    why: 'it needs the network or changes this checkout; npm itself is not tested here',
    type: () => undefined,
  },
  {
    about: /^npm (?:run )?(\S+)(?: -- .*)?$/,
    why: 'it runs the tests or the benchmark: the script is looked for',
    type: (_, [, name = '']) => expect(scripts).toHaveProperty([name]),
  },
  {
    about: /^node (\S+\.mjs)/,
    why: 'test/e2e/docs/snippets.test.ts and bench:check run these: the file is looked for',
    type: (_, [, file = '']) => expect(existsSync(join(ROOT, file))).toBe(true),
  },
  {
    about: /^(?:docker|kubectl) /,
    why: 'neither is here; test/e2e/deploy reads the files: they are looked for',
    type: (line) => {
      const files = wordsOf(line).filter((word) => word.startsWith('deploy/'));
      for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
    },
  },
  { about: /^cd \.\.\/your-project$/, why: "the reader's own folder", type: () => undefined },
];

describe('what pages tell to type', () => {
  it.each(commandsToType())('$place: $line', async ({ line }) => {
    const ways = WAYS.filter(({ about }) => about.test(line));
    const way = ways[0] ?? expect.fail(`no entry of WAYS says how it is typed, or why not: ${line}`);
    await way.type(line, way.about.exec(line) ?? expect.fail());
  });

  it('there is no way for commands that no page tells', () => {
    const idle = WAYS.filter(({ about }) => !commandsToType().some(({ line }) => about.test(line)));
    expect(idle.map(({ why }) => why)).toEqual([]);
  });

  it('commands are found in blocks, diffs, comments and the usage', () => {
    const places = new Set(commandsToType().map(({ place }) => place));
    for (const place of [
      'README.md',
      'docs/coming-from-peer.md',
      'examples/nginx.conf',
      'deploy/README.md',
      'signalbox --help',
    ]) {
      expect(places).toContain(place);
    }
    expect(wordsOf('conform --command "a b" c')).toEqual(['conform', '--command', 'a b', 'c']);
  });
});
