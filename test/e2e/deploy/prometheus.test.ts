import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS, type MetricDefinition } from '../../../src/application/ports/metrics.ts';
import { parse } from 'yaml';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

const TOKEN = 'the-token-of-the-tests-for-prometheus';
const TIMEOUT_MS = 60_000;
/** Series of a broker with all dialects, two realms, and traffic. A label with ids or addresses would have many more. */
const MOST_SERIES = 600;

const deployed = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8');

interface AlertFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

/** The expressions of the dashboard and of the alerts. */
function expressions(): string[] {
  const { panels } = JSON.parse(deployed('grafana/signalbox.json')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  const { groups } = parse(deployed('prometheus/alerts.yaml')) as AlertFile;
  const charts = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return [...charts, ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))];
}

describe('the metrics of a broker', () => {
  let server: Server;
  let folder: string;
  let text: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
    server = await Server.start({
      kind: SIGNALBOX_NODE,
      options: {
        all: true,
        mercure_open: true,
        metrics_public: true,
        metrics_token: TOKEN,
        log_level: 'error',
        alive_timeout: 3_600_000,
      },
    });
    const [ann, bob] = [await server.connectPeer('ann'), await server.connectPeer('bob')];
    ann.sendOffer(bob.id, 'hello');
    await bob.receiveMany(1);
    await sendRequest(server, '/peerjs/id');
    text = await metrics();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function metrics(accept = ''): Promise<string> {
    const { status, body } = await sendRequest(server, '/metrics', { headers: { authorization: `Bearer ${TOKEN}`, accept } });
    expect(status).toBe(200);
    return body;
  }

  it('contain every metric and label that the dashboard and the alerts use', () => {
    const used = new Set(expressions().flatMap((expr) => expr.match(/\b(?:signalbox|process|nodejs)_\w+/g) ?? []));
    expect(used.size).toBeGreaterThan(40);
    const known = Object.entries<MetricDefinition>(METRICS).flatMap(([name, { kind }]) => {
      const full = `signalbox_${name}`;
      return kind === 'histogram' ? [`${full}_bucket`, `${full}_sum`, `${full}_count`] : [full];
    });
    const ofProcess = [...text.matchAll(/^# TYPE ((?:process|nodejs)_\w+) /gm)].map(([, name]) => name);
    expect([...used].filter((name) => !known.includes(name) && !ofProcess.includes(name))).toEqual([]);
    const charted = Object.keys(METRICS).filter((name) => ![...used].some((one) => one.startsWith(`signalbox_${name}`)));
    expect(charted).toEqual([]);
  });

  it('have a limited number of series', () => {
    const series = text.split('\n').filter((line) => line.startsWith('signalbox_'));
    expect(series.length).toBeGreaterThan(50);
    expect(series.length).toBeLessThan(MOST_SERIES);
    expect(text).not.toContain('127.0.0.1');
  });

  it('are accepted by promtool, and so are the alerts', async () => {
    const file = join(folder, 'metrics.txt');
    writeFileSync(file, text);
    const check = new Child(['sh', '-c', `promtool check metrics < '${file}'`]);
    const rules = new Child(['promtool', 'check', 'rules', join(ROOT, 'deploy/prometheus/alerts.yaml')]);
    const exits = await Promise.all([check.exited, rules.exited]);
    // promtool has opinions on the names of prom-client, but none on those of the broker.
    const remarks = check.stderr.split('\n').filter((line) => line.includes('signalbox_') || line.includes('error'));
    expect({ remarks, rules: exits[1].code, stderr: rules.stderr }).toEqual({ remarks: [], rules: 0, stderr: '' });
    expect(rules.stdout).toContain('13 rules found');
  });

  it('end with # EOF as OpenMetrics', async () => {
    const open = await metrics('application/openmetrics-text; version=1.0.0');
    expect(open.endsWith('# EOF\n')).toBe(true);
    expect(open).toMatch(/^signalbox_messages_received_total\{dialect="peerjs",type="OFFER"\} 1$/m);
    expect(open).toContain('# TYPE signalbox_messages_received counter');
    expect(await metrics()).toContain('# TYPE signalbox_messages_received_total counter');
  });

  it('are read by Prometheus with the deployed configuration', async () => {
    const port = await freePort();
    const token = join(folder, 'token');
    writeFileSync(token, TOKEN);
    writeFileSync(join(folder, 'alerts.yaml'), deployed('prometheus/alerts.yaml'));
    const configuration = deployed('prometheus/prometheus.yml')
      .replace('15s', '1s')
      .replace('/etc/prometheus/signalbox-token', token)
      .replace('localhost:9000', `${server.host}:${server.port}`);
    writeFileSync(join(folder, 'prometheus.yml'), configuration);
    const prometheus = new Child([
      'prometheus',
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, uniqueName('data'))}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const peers = await until(TIMEOUT_MS, 'the peers in Prometheus', async () => {
      const query = `http://127.0.0.1:${port}/api/v1/query?query=signalbox_peers`;
      const response = await fetch(query).catch(() => undefined);
      const answer = (await response?.json()) as { data?: { result: { value: [number, string] }[] } } | undefined;
      return answer?.data?.result[0]?.value[1];
    });
    prometheus.signal('SIGTERM');
    await prometheus.exited;
    expect(peers).toBe('2');
  });
});
