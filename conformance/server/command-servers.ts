import { sendRequest } from '../client/send-request.ts';
import { Transcript } from '../client/transcript.ts';
import { profileOf, type Profile } from '../profile.ts';
import type { Settings } from '../settings.ts';
import { sleep } from '../waiting.ts';
import { Child } from './child.ts';
import { canSet, fillTemplate, type CommandTemplate } from './command-template.ts';
import { freePort } from './free-port.ts';
import { resolveSetup, StartFailed, type RunningServer, type Servers } from './servers.ts';

export interface CommandOptions {
  readonly name: string;
  readonly template: CommandTemplate;
  /** Settings that the user declared; they apply to every start. */
  readonly declared: Settings;
  readonly patience: number;
  /** Time limit for the first response, in milliseconds. */
  readonly startTimeout: number;
}

const LOOPBACK = '127.0.0.1';
const ATTEMPTS = 5;
const PORT_TAKEN = /EADDRINUSE|in use/i;
const POLL_MS = 20;
const POLL_PATIENCE_MS = 1_000;

/** Starts the server with a command, once for each configuration. */
export function commandServers(commanded: CommandOptions): Servers {
  const { name, template, declared } = commanded;
  return {
    name,
    resolve: (setup) =>
      resolveSetup(
        setup,
        declared,
        (setting) => canSet(template, setting, setup.settings),
        'value unknown; pass the flag or add the placeholder to --command:',
      ),
    processKey: (settings) => JSON.stringify(fillTemplate(template, 0, settings)),
    start: (settings) => start(commanded, settings),
  };
}

/** Starts a server on a free port, retries with another port if it is in use, and waits for the first response. */
async function start(commanded: CommandOptions, settings: Settings): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    const address = { host: LOOPBACK, port: await freePort(LOOPBACK), secure: false, trustsAnyCertificate: false };
    const profile = profileOf(address, settings, commanded.patience);
    const command = fillTemplate(commanded.template, address.port, settings);
    const child = new Child(command);
    const failure = await failureToAnswer(child, profile, commanded.startTimeout);
    if (failure === undefined) return running(child, profile);
    await child.stop();
    if (attempt < ATTEMPTS && PORT_TAKEN.test(child.output)) continue;
    throw new StartFailed(`\`${command.join(' ')}\` ${failure}${child.lastOutput === '' ? '' : `: ${child.lastOutput}`}`);
  }
}

function running(child: Child, profile: Profile): RunningServer {
  return {
    profile,
    canRestart: true,
    exitReason: () => (child.exitReason === undefined ? undefined : `its process ${child.exitReason}: ${child.lastOutput}`),
    stop: () => child.stop(),
  };
}

/** Any HTTP response counts. */
async function failureToAnswer(child: Child, profile: Profile, timeout: number): Promise<string | undefined> {
  const deadline = performance.now() + timeout;
  while (performance.now() < deadline) {
    if (child.exitReason !== undefined) return child.exitReason;
    if (PORT_TAKEN.test(child.output)) return 'reported that its port is in use';
    if (await answers({ ...profile, patience: POLL_PATIENCE_MS })) return child.exitReason;
    await sleep(POLL_MS);
  }
  return `did not respond within ${timeout} ms`;
}

async function answers(profile: Profile): Promise<boolean> {
  try {
    await sendRequest(profile, new Transcript(), profile.path);
    return true;
  } catch {
    return false;
  }
}
