import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ListenError } from '../../../src/application/ports/transport.ts';
import { RENEWED_TLS_FILES, UNMATCHED_KEY_FILE, TLS_FILES } from '../../support/network-client.ts';
import { expectNotTaken } from './listening-clauses.ts';
import { TransportFixture, type Clause } from './fixture.ts';

/* What transport.ts promises of a certificate that is renewed. */

type Files = typeof TLS_FILES;

/** A place of its own for a key and a certificate. */
function copied(from: Files): Files & { replace(by: Files): void; dispose(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const files = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') };
  const replace = (by: Files): void => {
    copyFileSync(by.keyFile, files.keyFile);
    copyFileSync(by.certFile, files.certFile);
  };
  replace(from);
  return { ...files, replace, dispose: () => rmSync(folder, { recursive: true }) };
}

/** What a new connection is shown. */
async function shownCertificate(scene: TransportFixture): Promise<string | undefined> {
  const line = await scene.openRaw();
  const { certificate } = line;
  line.cut();
  return certificate;
}

const textOfFile = ({ certFile }: Files): string => readFileSync(certFile, 'utf8');

export const CERTIFICATE_CLAUSES: readonly Clause[] = [
  {
    name: 'H12: a reloaded certificate is shown to new connections; the open ones stay',
    needs: ['ownPort'],
    isEarly: true,
    async run({ start }) {
      const { replace, dispose, ...tls } = copied(TLS_FILES);
      const scene = await TransportFixture.open(start, { settings: { tls } });
      const first = await scene.connect();
      expect(await shownCertificate(scene)).toBe(textOfFile(TLS_FILES));
      replace(RENEWED_TLS_FILES);
      scene.transport.reloadCertificate();
      expect(await shownCertificate(scene)).toBe(textOfFile(RENEWED_TLS_FILES));
      const second = await scene.connect();
      replace(TLS_FILES);
      scene.transport.reloadCertificate();
      scene.transport.reloadCertificate();
      expect(await shownCertificate(scene)).toBe(textOfFile(TLS_FILES));
      for (const pair of [first, second, await scene.connect()]) await scene.expectAlive(pair);
      expect((await scene.sendRequest('GET', '/')).status).toBe(200);
      await scene.stop();
      expect(scene.gateway.connections.map(({ closedCount }) => closedCount)).toEqual([1, 1, 1]);
      await scene.dispose();
      dispose();
    },
  },
  {
    name: 'H12: an unusable certificate is refused by its file, and the old one stays in use',
    needs: ['ownPort'],
    isEarly: true,
    async run({ start }) {
      const { replace, dispose, ...tls } = copied(TLS_FILES);
      const scene = await TransportFixture.open(start, { settings: { tls } });
      const pair = await scene.connect();
      for (const spoil of [
        () => writeFileSync(tls.certFile, 'no certificate'),
        () => replace({ ...TLS_FILES, keyFile: UNMATCHED_KEY_FILE }),
        () => rmSync(tls.keyFile),
      ]) {
        spoil();
        expect(() => scene.transport.reloadCertificate()).toThrow(ListenError);
      }
      expect(await shownCertificate(scene)).toBe(textOfFile(TLS_FILES));
      await scene.expectAlive(pair);
      replace(RENEWED_TLS_FILES);
      scene.transport.reloadCertificate();
      expect(await shownCertificate(scene)).toBe(textOfFile(RENEWED_TLS_FILES));
      await scene.dispose();
      dispose();
    },
  },
  {
    name: 'reloadCertificate is harmless where there is none, before listen and after stop',
    isEarly: true,
    async run(scene) {
      scene.transport.reloadCertificate();
      await scene.listen();
      const pair = await scene.connect();
      scene.transport.reloadCertificate();
      await scene.expectAlive(pair);
      await scene.stop();
      scene.transport.reloadCertificate();
      await expectNotTaken(scene);
    },
  },
];
