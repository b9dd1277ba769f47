import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../conformance/arguments.ts';
import { readReplay, writeReplay } from '../../../../conformance/random/replay.ts';
import type { Step } from '../../../../conformance/random/steps.ts';

const STEPS: readonly Step[] = [
  { do: 'connect', realm: 0, id: 'ann', token: 'one' },
  { do: 'relay', realm: 0, who: 'ann', kind: 'OFFER', to: 'no\u0007body' },
  { do: 'malformed', realm: 0, who: 'ann', frame: 'half an object', times: 2 },
  { do: 'wait', ms: 20 },
];

describe('a replay', () => {
  it('stands on one line that a shell takes between single quotes', () => {
    const text = writeReplay([...STEPS, { do: 'connect', realm: 0, id: "o'hara", token: 'one' }]);
    expect(text).not.toMatch(/['\n]/);
    expect(readReplay(text).at(-1)).toMatchObject({ id: "o'hara" });
  });

  it('may have one step on each line', () => {
    expect(readReplay(`${STEPS.map((step) => JSON.stringify(step)).join('\n\n')}\n`)).toEqual(STEPS);
  });

  it('may be a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'replay-'));
    writeFileSync(join(folder, 'steps.json'), writeReplay(STEPS));
    expect(readReplay(join(folder, 'steps.json'))).toEqual(STEPS);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['no/such/file', "--replay must be steps or a file with steps, not 'no/such/file'"],
    ['[]', '--replay has no steps'],
    ['[{"do":"wait"', '--replay must be JSON, a list of steps or one on each line, not'],
    ['[{"do":"sing"}]', "step 1 of --replay does 'sing', which is none of connect, reconnect,"],
    ['[5]', "step 1 of --replay does 'undefined'"],
    ['{"do":"wait","ms":1}\n{"do":"wait","ms":-1}', 'step 2 of --replay (wait) can not have ms -1'],
    ['[{"do":"relay","realm":0,"who":"ann","to":"bob","kind":"EXPIRE"}]', 'can not have kind "EXPIRE"'],
    ['[{"do":"stumble","realm":0,"who":"ann","over":"a stone","times":1}]', 'can not have over "a stone"'],
    ['[{"do":"connect","realm":0,"id":"","token":"one"}]', 'can not have id ""'],
  ])('%s is refused in one line', (given, why) => {
    expect(() => readReplay(given)).toThrow(UsageError);
    expect(() => readReplay(given)).toThrow(why);
  });
});
