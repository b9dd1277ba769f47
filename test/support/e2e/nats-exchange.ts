import { WebSocket } from 'ws';
import { within } from './until.ts';

const TIMEOUT_MS = 60_000;

/** The answers of a server to one client: parts of the protocol, and the close code. */
export interface Outcome {
  readonly answers: readonly string[];
  readonly code: number | undefined;
  /** The answers to another client, which only subscribed. */
  readonly heard?: readonly string[];
}

/**
 * Sends frames to a server with the protocol of NATS, behind its INFO.
 * @param listener the frames of another client, which is connected before.
 */
export async function exchange(url: string, frames: readonly string[], listener?: readonly string[]): Promise<Outcome> {
  const other = listener && (await RawClient.open(url));
  await other?.ask([...(listener ?? []), 'PING\r\n']);
  const client = await RawClient.open(url);
  const code = await client.ask(frames);
  await other?.ask(['PING\r\n']);
  const heard = other && { heard: other.answers() };
  for (const one of [client, other]) one?.close();
  return { answers: client.answers(), code, ...heard };
}

/** One WebSocket, and the bytes that it received behind INFO. */
class RawClient {
  readonly #socket: WebSocket;
  #text = '';
  #code: number | undefined;
  #onChange: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#text += data.toString('latin1');
      this.#onChange();
    });
    socket.on('close', (code) => {
      this.#code = code;
      this.#onChange();
    });
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<RawClient> {
    const client = new RawClient(new WebSocket(url));
    await client.#wait((text) => /^INFO .*\r\n/.test(text));
    client.#text = client.#text.slice(client.#text.indexOf('\n') + 1);
    return client;
  }

  /** Sends frames, and waits for the answers to all PINGs, or for the close. @returns the close code. */
  async ask(frames: readonly string[]): Promise<number | undefined> {
    const pings = this.#pongs() + frames.filter((frame) => /(^|\n)ping[^\r\n]*\r?\n$/i.test(frame)).length;
    for (const frame of frames) this.#socket.send(Buffer.from(frame));
    const isExpected = pings > this.#pongs();
    await this.#wait(() => isExpected && this.#pongs() >= pings);
    return this.#code;
  }

  /** The parts of the protocol. Messages of one publication are sorted, because their order is not defined (NA13). */
  answers(): readonly string[] {
    const parts: string[] = [];
    let rest = this.#text;
    while (rest !== '') {
      const size = sizeOf(rest);
      // NA15: any subscription to the reply subject may receive it.
      parts.push(rest.slice(0, size).replace(/^(HMSG \S+) \S+( 16 16\r\nNATS\/1\.0 503)/, '$1$2'));
      rest = rest.slice(size);
    }
    const sorted: string[] = [];
    const run: string[] = [];
    for (const part of parts) {
      if (publicationOf(part) !== publicationOf(run[0] ?? part)) sorted.push(...run.splice(0).sort());
      run.push(part);
    }
    return [...sorted, ...run.sort()];
  }

  close(): void {
    this.#socket.terminate();
  }

  #pongs(): number {
    return this.answers().filter((part) => part === 'PONG\r\n').length;
  }

  #wait(isDone: (text: string) => boolean): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.#onChange = () => {
        if (this.#code !== undefined || isDone(this.#text)) resolve();
      };
      this.#onChange();
    });
    return within(TIMEOUT_MS, 'an answer', done);
  }
}

const MESSAGE = /^(?:MSG|HMSG) (\S+) (\S+)(?: (\S+))?? (?:\d+ )?(\d+)\r\n/;

/** The length of the first part. */
function sizeOf(text: string): number {
  const [head, , , , size] = MESSAGE.exec(text) ?? [];
  return head === undefined ? text.indexOf('\n') + 1 || text.length : head.length + Number(size) + 2;
}

/** The same for all messages of one publication, without their sids; for other parts, the part itself. */
function publicationOf(part: string): string {
  return /^H?MSG /.test(part) ? part.replace(/^(\S+ \S+) \S+/, '$1') : `${part}:`;
}
