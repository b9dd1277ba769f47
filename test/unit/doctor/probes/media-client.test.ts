import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchangeData, type MediaTask } from '../../../../doctor/probes/media-client.ts';

const TASK: MediaTask = { servers: [], policy: 'all', timeout: 30_000 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-media-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that does this when it receives its task. */
function program(onTask: string): string {
  const path = join(folder, 'program.mjs');
  const marker = JSON.stringify(join(folder, 'marker'));
  const imports = "import { existsSync, writeFileSync } from 'node:fs';\n";
  writeFileSync(path, `${imports}const marker = ${marker};\nprocess.once('message', (task) => { ${onTask} });\n`);
  return path;
}

describe('media of the doctor run in a process of their own', () => {
  it('which receives the task and answers', async () => {
    expect(await exchangeData(TASK, program("process.send(task.policy === 'all' ? 'received' : 'lost')"))).toBe('received');
  });

  it('which is started again once if it crashes', async () => {
    const crash = "if (!existsSync(marker)) { writeFileSync(marker, ''); process.abort(); } process.send('lost');";
    expect(await exchangeData(TASK, program(crash))).toBe('lost');
    expect(await exchangeData(TASK, program('process.abort()'))).toBe('crashed');
  });
});
