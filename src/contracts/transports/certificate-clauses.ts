import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '../expect.ts';
import { ListenError } from '../../application/ports/transport.ts';
import { expectNotTaken } from './listening-clauses.ts';
import type { CertificateFiles } from '../../adapters/transports/shared/settings.ts';
import { TransportFixture, type Clause } from './fixture.ts';

/* Renewed certificates, as documented in transport.ts. */

type Files = CertificateFiles;

/** A temporary directory for a key and a certificate. */
function copied(from: Files): Files & { readonly replace: (by: Files) => void; readonly dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const files = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') };
  const replace = (by: Files): void => {
    copyFileSync(by.keyFile, files.keyFile);
    copyFileSync(by.certFile, files.certFile);
  };
  replace(from);
  return { ...files, replace, dispose: () => rmSync(folder, { recursive: true }) };
}

/** The certificate that a new connection receives. */
async function shownCertificate(fixture: TransportFixture): Promise<string | undefined> {
  const line = await fixture.openRaw();
  const { certificate } = line;
  line.cut();
  return certificate;
}

const textOfFile = ({ certFile }: Files): string => readFileSync(certFile, 'utf8');

export const CERTIFICATE_CLAUSES: readonly Clause[] = [
  {
    name: 'H12: new connections receive a reloaded certificate; open ones stay',
    needs: ['ownPort', 'certificates'],
    isEarly: true,
    async run({ start, certificates: { files, renewed } }) {
      const { replace, dispose, ...tls } = copied(files);
      const fixture = await TransportFixture.open(start, { settings: { tls } });
      const first = await fixture.connect();
      expect(await shownCertificate(fixture)).toBe(textOfFile(files));
      replace(renewed);
      fixture.transport.reloadCertificate();
      expect(await shownCertificate(fixture)).toBe(textOfFile(renewed));
      const second = await fixture.connect();
      replace(files);
      fixture.transport.reloadCertificate();
      fixture.transport.reloadCertificate();
      expect(await shownCertificate(fixture)).toBe(textOfFile(files));
      for (const pair of [first, second, await fixture.connect()]) await fixture.expectAlive(pair);
      expect((await fixture.sendRequest('GET', '/')).status).toBe(200);
      await fixture.stop();
      expect(fixture.gateway.connections.map(({ closedCount }) => closedCount)).toEqual([1, 1, 1]);
      await fixture.dispose();
      dispose();
    },
  },
  {
    name: 'H12: an unusable certificate is reported with its file, and the old one stays in use',
    needs: ['ownPort', 'certificates'],
    isEarly: true,
    async run({ start, certificates: { files, renewed, unmatchedKeyFile } }) {
      const { replace, dispose, ...tls } = copied(files);
      const fixture = await TransportFixture.open(start, { settings: { tls } });
      const pair = await fixture.connect();
      for (const damage of [
        () => writeFileSync(tls.certFile, 'no certificate'),
        () => replace({ ...files, keyFile: unmatchedKeyFile }),
        () => rmSync(tls.keyFile),
      ]) {
        damage();
        expect(() => fixture.transport.reloadCertificate()).toThrow(ListenError);
      }
      expect(await shownCertificate(fixture)).toBe(textOfFile(files));
      await fixture.expectAlive(pair);
      replace(renewed);
      fixture.transport.reloadCertificate();
      expect(await shownCertificate(fixture)).toBe(textOfFile(renewed));
      await fixture.dispose();
      dispose();
    },
  },
  {
    name: 'reloadCertificate is harmless without a certificate, before listen and after stop',
    isEarly: true,
    async run(fixture) {
      fixture.transport.reloadCertificate();
      await fixture.listen();
      const pair = await fixture.connect();
      fixture.transport.reloadCertificate();
      await fixture.expectAlive(pair);
      await fixture.stop();
      fixture.transport.reloadCertificate();
      await expectNotTaken(fixture);
    },
  },
];
