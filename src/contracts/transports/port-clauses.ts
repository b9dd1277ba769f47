import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '../expect.ts';
import { ListenError, type ListenRefusal, type Transport } from '../../application/ports/transport.ts';
import { RecordingGateway } from './recording-gateway.ts';
import { TransportFixture, type Clause } from './fixture.ts';

const FORBIDDEN_PORT = 1;

/** An address of a network that is reserved for documentation. */
const FOREIGN_ADDRESS = '203.0.113.7';

/** @returns the reason why listening failed. */
async function refusalOf(transport: Transport): Promise<{ refusal: ListenRefusal; message: string }> {
  const failure: unknown = await transport.listen(new RecordingGateway()).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ListenError);
  const { refusal, message } = failure as ListenError;
  return { refusal, message };
}

/** A free port, to be requested by number. */
async function freePlace(fixture: TransportFixture): Promise<{ host: string; port: number }> {
  const { host, port } = await (await fixture.another({})).listen(new RecordingGateway());
  await fixture.stopOthers();
  return { host, port };
}

/** Ports that can't be listened on, as documented in transport.ts. */
export const PORT_CLAUSES: readonly Clause[] = [
  {
    name: 'port 0 resolves to the port that was found',
    needs: ['ownPort'],
    async run(fixture) {
      expect(fixture.address.port).toBeGreaterThan(0);
      expect((await fixture.sendRequest('GET', '/')).status).toBe(200);
    },
  },
  {
    name: 'a port in use is reported, and its owner is not affected',
    needs: ['ownPort'],
    isEarly: true,
    async run(fixture) {
      const place = await freePlace(fixture);
      const first = await TransportFixture.open(fixture.start, { settings: place });
      const pair = await first.connect();
      const { refusal, message } = await refusalOf(await first.another(place));
      expect(refusal).toEqual({ reason: 'port-in-use', ...place });
      expect(message).toBe(`port ${place.port} on ${place.host} is in use: stop the other program or set another --port`);
      await first.expectAlive(pair);
      await first.dispose();
    },
  },
  {
    name: 'after stop the port is free, although connections were closed by the broker',
    needs: ['ownPort'],
    isEarly: true,
    async run(fixture) {
      const place = await freePlace(fixture);
      for (let restart = 0; restart < 3; restart++) {
        const again = await TransportFixture.open(fixture.start, { settings: place });
        await again.connect();
        expect(again.address).toMatchObject(place);
        await again.stop();
        await again.dispose();
      }
    },
  },
  {
    name: 'a host that is not an address of this machine is reported',
    needs: ['ownPort'],
    isEarly: true,
    async run(fixture) {
      const { refusal, message } = await refusalOf(await fixture.another({ host: FOREIGN_ADDRESS }));
      expect(refusal).toMatchObject({ reason: 'address-unavailable', host: FOREIGN_ADDRESS });
      expect(message).toContain(FOREIGN_ADDRESS);
    },
  },
  {
    name: 'a port that is not permitted for the process is reported',
    needs: ['forbiddenPorts'],
    isEarly: true,
    async run(fixture) {
      const { refusal } = await refusalOf(await fixture.another({ port: FORBIDDEN_PORT }));
      expect(refusal).toMatchObject({ reason: 'port-forbidden', port: FORBIDDEN_PORT });
    },
  },
  {
    name: 'a missing, broken or unmatched key or certificate is reported with its file',
    needs: ['ownPort', 'certificates'],
    isEarly: true,
    async run(fixture) {
      const { files, unmatchedKeyFile } = fixture.certificates;
      const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
      const broken = join(folder, 'broken.pem');
      writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n');
      const missing = join(folder, 'missing.pem');
      const cases: [keyFile: string, certFile: string, named: string][] = [
        [missing, files.certFile, missing],
        [files.keyFile, missing, missing],
        [broken, files.certFile, broken],
        [files.keyFile, broken, broken],
        [unmatchedKeyFile, files.certFile, unmatchedKeyFile],
      ];
      for (const [keyFile, certFile, named] of cases) {
        const { refusal, message } = await refusalOf(await fixture.another({ tls: { keyFile, certFile } }));
        expect(refusal).toMatchObject({ reason: 'certificate-unusable', detail: expect.stringContaining(named) });
        expect(message).toContain(named);
      }
      rmSync(folder, { recursive: true });
    },
  },
];
