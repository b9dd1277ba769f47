import { describe, expect, it } from 'vitest';
import { filesUnder } from './tree.ts';

/** This package name has no owner in the registry, and the command of `peer` is not in the package of that name. */
const UNOWNED =
  /\bnpx (?!--no-install\b|--package\b)(?:-\S+ )*(?:signalbox|peerjs)\b|\bnpm (?:i|install|add) (?:-\S+ )*signalbox(?![\w./-])/;

describe('no text has a command that installs a package that anyone could publish', () => {
  const texts = filesUnder('.', /\.(md|ts|mjs|ya?ml|conf|json)$|Dockerfile$|Caddyfile$/);

  it('in this repository', () => {
    const found = texts
      .filter(({ path }) => path !== 'test/architecture/unowned-names.test.ts')
      .flatMap(({ path, text }) => text.split('\n').flatMap((line) => (UNOWNED.test(line) ? [`${path}: ${line.trim()}`] : [])));
    expect(found).toEqual([]);
  });

  it.each(['npx signalbox --port 1', 'npx -y signalbox', 'npx peerjs --port 1', 'npm install signalbox', 'npm i -g signalbox'])(
    'reports %s',
    (line) => expect(UNOWNED.test(line)).toBe(true),
  );

  it.each(['npx --no-install signalbox', 'npx --package peer peerjs', 'npm install ../signalbox/signalbox-broker-0.1.0.tgz'])(
    'accepts %s',
    (line) => expect(UNOWNED.test(line)).toBe(false),
  );
});
