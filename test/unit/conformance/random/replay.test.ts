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
  { do: 'malformed', realm: 0, who: 'ann', frame: 'a truncated object', times: 2 },
  { do: 'wait', ms: 20 },
];

describe('a replay', () => {
  it('is one line without single quotes', () => {
    const text = writeReplay([...STEPS, { do: 'connect', realm: 0, id: "o'hara", token: 'one' }]);
    expect(text).not.toMatch(/['\n]/);
    expect(readReplay(text).at(-1)).toMatchObject({ id: "o'hara" });
  });

  it('may have one step per line', () => {
    expect(readReplay(`${STEPS.map((step) => JSON.stringify(step)).join('\n\n')}\n`)).toEqual(STEPS);
  });

  it('may be a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'replay-'));
    writeFileSync(join(folder, 'steps.json'), writeReplay(STEPS));
    expect(readReplay(join(folder, 'steps.json'))).toEqual(STEPS);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['no/such/file', "--replay must be steps in JSON or a file with steps, not 'no/such/file'"],
    ['[]', '--replay contains no steps'],
    ['[{"do":"wait"', '--replay must be a JSON list of steps or one JSON object per line, not'],
    ['[{"do":"sing"}]', "step 1 of --replay: unknown action 'sing'; use one of connect, reconnect,"],
    ['[5]', "step 1 of --replay: unknown action 'undefined'"],
    ['{"do":"wait","ms":1}\n{"do":"wait","ms":-1}', 'step 2 of --replay (wait): invalid ms -1'],
    ['[{"do":"relay","realm":0,"who":"ann","to":"bob","kind":"EXPIRE"}]', 'invalid kind "EXPIRE"'],
    ['[{"do":"malformed","realm":0,"who":"ann","frame":"a stone","times":1}]', 'invalid frame "a stone"'],
    ['[{"do":"connect","realm":0,"id":"","token":"one"}]', 'invalid id ""'],
  ])('%s is rejected in one line', (given, why) => {
    expect(() => readReplay(given)).toThrow(UsageError);
    expect(() => readReplay(given)).toThrow(why);
  });
});
