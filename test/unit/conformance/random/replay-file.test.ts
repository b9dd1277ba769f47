import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatReplayFile } from '../../../../conformance/random/replay-file.ts';
import { readReplay } from '../../../../conformance/random/replay.ts';
import type { Finding } from '../../../../conformance/random/random-result.ts';

const FINDING: Finding = {
  rule: 'M10',
  message: 'M10: connection 0 (ann) received ERROR',
  isDangerous: false,
  isRepeatable: true,
  steps: [
    { do: 'connect', realm: 0, id: 'ann', token: 'one' },
    { do: 'wait', ms: 5 },
  ],
  descriptions: ['ann connects with token one', '5 ms pass'],
  stepsBefore: 20,
  transcript: [{ at: 3, who: 'ann', how: 'heard', what: '{"type":"OPEN"}\n' }],
};
const SETTINGS = { expire_timeout: 700, key: ['here', 'two words'] };

it('a replay file explains the violation, the command, each step and the frames', () => {
  const text = formatReplayFile(FINDING, { settings: SETTINGS, expect: 'compatible' });
  expect(text.split('\n')).toEqual([
    '# M10: connection 0 (ann) received ERROR',
    '#',
    '# Repeat it on a server with this configuration:',
    "#   signalbox conform --url http://localhost:9000 --key here --key 'two words' --expire-timeout 700 --expect compatible --replay THIS-FILE",
    '#',
    '# 1. ann connects with token one',
    '{"do":"connect","realm":0,"id":"ann","token":"one"}',
    '# 2. 5 ms pass',
    '{"do":"wait","ms":5}',
    '#',
    '# The frames and events:',
    '#      3 ms  ann heard {"type":"OPEN"}',
    '',
  ]);
});

it('a replay file can be replayed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const file = join(folder, 'steps.txt');
  writeFileSync(file, formatReplayFile(FINDING, { settings: SETTINGS, expect: 'compatible' }));
  expect(readReplay(file)).toEqual(FINDING.steps);
  rmSync(folder, { recursive: true });
});
