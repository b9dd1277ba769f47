import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as uWS from 'uWebSockets.js';
import { afterAll, describe, expect, it } from 'vitest';
import { Apps } from '../../../../../src/adapters/transports/uws/apps.ts';
import { RENEWED_TLS_FILES, TLS_FILES } from '../../../../support/tls-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
const tls = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') };
afterAll(() => rmSync(folder, { recursive: true }));

function put({ keyFile, certFile }: typeof TLS_FILES): void {
  copyFileSync(keyFile, tls.keyFile);
  copyFileSync(certFile, tls.certFile);
}

/** A library that records the calls to its apps. */
function recorded() {
  const calls: string[] = [];
  let made = 0;
  const create = (): unknown => {
    const name = `app ${++made}`;
    calls.push(`${name} is created`);
    return {
      getDescriptor: () => name,
      addChildAppDescriptor: (child: string) => calls.push(`${name} adds ${child}`),
      removeChildAppDescriptor: (child: string) => calls.push(`${name} removes ${child}`),
      close: () => calls.push(`${name} is closed`),
    };
  };
  return { calls, library: { App: create, SSLApp: create } as unknown as typeof uWS };
}

describe('the apps of uWebSockets.js', () => {
  it('H12: the listening app passes new connections to the app with the newest certificate', () => {
    put(TLS_FILES);
    const { calls, library } = recorded();
    const apps = new Apps(library, tls, () => undefined);
    put(RENEWED_TLS_FILES);
    apps.reloadCertificate();
    put(TLS_FILES);
    apps.reloadCertificate();
    expect(calls.filter((call) => !call.includes('created'))).toEqual([
      'app 1 adds app 2',
      'app 1 removes app 2',
      'app 1 adds app 3',
    ]);
    apps.close();
    expect(calls.slice(-3)).toEqual(['app 1 is closed', 'app 2 is closed', 'app 3 is closed']);
  });

  it('H12: an unchanged certificate creates no new app, on any number of reloads', () => {
    put(TLS_FILES);
    const { calls, library } = recorded();
    const apps = new Apps(library, tls, () => undefined);
    apps.reloadCertificate();
    apps.reloadCertificate();
    expect(calls).toEqual(['app 1 is created']);
  });

  it('each app has the same handlers', () => {
    put(TLS_FILES);
    const attached: unknown[] = [];
    const apps = new Apps(recorded().library, tls, (app) => attached.push(app));
    put(RENEWED_TLS_FILES);
    apps.reloadCertificate();
    expect(attached).toHaveLength(2);
    expect(attached[0]).toBe(apps.listener);
  });
});
