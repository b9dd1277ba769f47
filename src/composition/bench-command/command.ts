import type { CommandIo } from '../command-io.ts';
import { BenchUsageError, readBenchArguments, type ComparedBench, type SingleBench } from './arguments.ts';
import type { BenchFault, Figure, MeasureOutcome } from './figures.ts';
import { measure, type BenchSubject } from './measures.ts';
import { comparisonTable, faultLines, figureTable, medians } from './report.ts';
import { startServer } from './started-server.ts';

const DONE = 0;
const FAILED = 1;
const INVALID_USAGE = 2;

const USAGE = `Usage: signalbox bench <url> [flags]
       signalbox bench --compare <command A> <command B> [flags]

Measures a PeerJS-compatible server: relays per second, latency, connects per second, and the memory of idle peers. Every message is
numbered, and compared when it arrives. The load is bounded, and is refused for other machines without --remote.

  --pid <id>        process of the server: also measures its CPU time and memory (Linux)
  --only <names>    some of relay, latency, churn, idle; idle requires --pid [all]
  --peers <count>   peers that relay [200]
  --idle <count>    idle peers [1000]
  --seconds <s>     duration of each measure [3]
  --key <key>       key of the server [peerjs]
  --token <token>   token of all peers, for a server that requires one
  --json            prints JSON instead of a table
  --remote          allows a server on another machine
  --compare         starts each command in turns, with {port} replaced, and compares the medians
  --rounds <count>  rounds of --compare [3]
  --path <path>     path of both servers of --compare [/]

Examples
  signalbox bench http://localhost:9000/ --pid 4711
  signalbox bench http://localhost:9000/signal --only relay,latency --json
  signalbox bench --compare "signalbox --port {port}" "signalbox --port {port} --transport node"

It exits with 0, 1 if a message was lost or changed or a peer was refused, and 2 for invalid arguments.
`;

/** The command. @returns its exit code. */
export async function bench(args: readonly string[], io: CommandIo): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(USAGE);
    return DONE;
  }
  try {
    const read = readBenchArguments(args);
    return await ('commands' in read ? compare(read, io) : single(read, io));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    io.stderr.write(`signalbox bench: ${error.message}\n`);
    return error instanceof BenchUsageError ? INVALID_USAGE : FAILED;
  }
}

async function single(request: SingleBench, io: CommandIo): Promise<number> {
  const { figures, faults } = await measureAll(request, request, io);
  if (request.json) io.stdout.write(`${JSON.stringify({ figures, faults })}\n`);
  else io.stdout.write(figureTable(figures));
  return exitCodeOf(faults, io);
}

/** The commands take turns, and each round begins with the other one, so that drift of the machine affects both. */
async function compare(request: ComparedBench, io: CommandIo): Promise<number> {
  const rounds: Figure[][][] = [[], []];
  const faults: BenchFault[] = [];
  for (let round = 0; round < request.rounds; round++) {
    for (const which of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const outcome = await measureCommand(request, request.commands[which] ?? '', io);
      rounds[which]?.push([...outcome.figures]);
      faults.push(...outcome.faults);
    }
  }
  const [a = [], b = []] = rounds.map(medians);
  const [commandA, commandB] = request.commands;
  if (request.json) {
    const all = {
      a: { command: commandA, medians: a, rounds: rounds[0] },
      b: { command: commandB, medians: b, rounds: rounds[1] },
    };
    io.stdout.write(`${JSON.stringify({ ...all, faults })}\n`);
  } else {
    io.stdout.write(`A: ${commandA}\nB: ${commandB}\n${comparisonTable(a, b)}`);
  }
  return exitCodeOf(faults, io);
}

async function measureCommand(request: ComparedBench, command: string, io: CommandIo): Promise<MeasureOutcome> {
  const server = await startServer(command);
  try {
    const { key, prefix } = request;
    const target = { host: '127.0.0.1', port: server.port, isSecure: false, prefix, key, token: undefined };
    return await measureAll(request, { target, pid: server.pid }, io);
  } finally {
    await server.stop();
  }
}

async function measureAll(
  load: SingleBench | ComparedBench,
  subject: BenchSubject,
  { stderr, isTerminal }: CommandIo,
): Promise<MeasureOutcome> {
  const figures: Figure[] = [];
  const faults: BenchFault[] = [];
  for (const name of load.measures) {
    if (isTerminal) stderr.write(`\r\u001B[K${name} …`);
    const outcome = await measure(name, subject, load);
    figures.push(...outcome.figures);
    faults.push(...outcome.faults);
  }
  if (isTerminal) stderr.write('\r\u001B[K');
  return { figures, faults };
}

function exitCodeOf(faults: readonly BenchFault[], { stderr }: CommandIo): number {
  stderr.write(faultLines(faults));
  return faults.length === 0 ? DONE : FAILED;
}
