import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CertificateWatch } from '../../../src/composition/certificate-watch.ts';

async function watching() {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') };
  for (const file of Object.values(files)) writeFileSync(file, 'old');
  let changes = 0;
  const watch = new CertificateWatch(files, () => void changes++);
  await watch.begin();
  onTestFinished(() => watch.end());
  const looks = async (times: number): Promise<number> => {
    for (let n = 0; n < times; n++) await watch.look();
    return changes;
  };
  return { files, looks };
}

describe('CertificateWatch', () => {
  it('H12: reports no change of unchanged files', async () => {
    const { looks } = await watching();
    expect(await looks(3)).toBe(0);
  });

  it('H12: reports a change once, after both files have been unchanged for an interval', async () => {
    const { files, looks } = await watching();
    writeFileSync(files.keyFile, 'renewed key');
    expect(await looks(1)).toBe(0);
    writeFileSync(files.certFile, 'renewed certificate');
    expect(await looks(1)).toBe(0);
    expect(await looks(3)).toBe(1);
  });

  it('H12: detects a file that was replaced by another of the same size', async () => {
    const { files, looks } = await watching();
    writeFileSync(`${files.certFile}.new`, 'new');
    renameSync(`${files.certFile}.new`, files.certFile);
    expect(await looks(3)).toBe(1);
  });

  it('H12: reports a missing file as a change, and its return as another one', async () => {
    const { files, looks } = await watching();
    rmSync(files.keyFile);
    expect(await looks(2)).toBe(1);
    writeFileSync(files.keyFile, 'back');
    expect(await looks(2)).toBe(2);
  });
});
