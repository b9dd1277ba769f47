import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as uWS from 'uWebSockets.js';
import { afterAll, describe, expect, it } from 'vitest';
import { Apps } from '../../../../../src/adapters/transports/uws/apps.ts';
import { RENEWED_TLS_FILES, TLS_FILES } from '../../../../support/network-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
const tls = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') };
afterAll(() => rmSync(folder, { recursive: true }));

function put({ keyFile, certFile }: typeof TLS_FILES): void {
  copyFileSync(keyFile, tls.keyFile);
  copyFileSync(certFile, tls.certFile);
}

/** A library that writes down what is done with its apps. */
function recorded() {
  const did: string[] = [];
  let made = 0;
  const create = (): unknown => {
    const name = `app ${++made}`;
    did.push(`${name} is made`);
    return {
      getDescriptor: () => name,
      addChildAppDescriptor: (child: string) => did.push(`${name} passes on to ${child}`),
      removeChildAppDescriptor: (child: string) => did.push(`${name} spares ${child}`),
      close: () => did.push(`${name} is closed`),
    };
  };
  return { did, library: { App: create, SSLApp: create } as unknown as typeof uWS };
}

describe('the apps of uWebSockets.js', () => {
  it('H12: the listening app passes new connections on to the app with the newest certificate', () => {
    put(TLS_FILES);
    const { did, library } = recorded();
    const apps = new Apps(library, tls, () => undefined);
    put(RENEWED_TLS_FILES);
    apps.reloadCertificate();
    put(TLS_FILES);
    apps.reloadCertificate();
    expect(did.filter((deed) => !deed.includes('made'))).toEqual([
      'app 1 passes on to app 2',
      'app 1 spares app 2',
      'app 1 passes on to app 3',
    ]);
    apps.close();
    expect(did.slice(-3)).toEqual(['app 1 is closed', 'app 2 is closed', 'app 3 is closed']);
  });

  it('H12: an unchanged certificate makes no new app, however often it is reloaded', () => {
    put(TLS_FILES);
    const { did, library } = recorded();
    const apps = new Apps(library, tls, () => undefined);
    apps.reloadCertificate();
    apps.reloadCertificate();
    expect(did).toEqual(['app 1 is made']);
  });

  it('each app gets the same handlers', () => {
    put(TLS_FILES);
    const attached: unknown[] = [];
    const apps = new Apps(recorded().library, tls, (app) => attached.push(app));
    put(RENEWED_TLS_FILES);
    apps.reloadCertificate();
    expect(attached).toHaveLength(2);
    expect(attached[0]).toBe(apps.listener);
  });
});
