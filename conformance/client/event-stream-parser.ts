/** One server-sent event. */
export interface StreamEvent {
  readonly id?: string;
  readonly event?: string;
  readonly retry?: string;
  /** All `data` lines, joined with line feeds. */
  readonly data: string;
}

type Field = 'id' | 'event' | 'retry' | 'data';

const FIELDS: readonly string[] = ['id', 'event', 'retry', 'data'] satisfies Field[];

/** Incremental parser of server-sent events, according to the HTML standard. */
export class EventStreamParser {
  /** Number of comments so far. */
  comments = 0;
  #partialLine = '';
  #fields: Partial<Record<Field, string>> = {};

  /** @returns the events that this chunk completes. */
  push(piece: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const text = this.#partialLine + piece;
    // A line feed may follow a carriage return at the end of the chunk.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') this.#addField(line);
      else if (Object.keys(this.#fields).length > 0) {
        events.push({ ...this.#fields, data: this.#fields.data ?? '' });
        this.#fields = {};
      }
    }
    return events;
  }

  #addField(line: string): void {
    const at = line.indexOf(':');
    if (at === 0) {
      this.comments++;
      return;
    }
    const name = at < 0 ? line : line.slice(0, at);
    if (!FIELDS.includes(name)) return;
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
    const field = name as Field;
    const { data } = this.#fields;
    this.#fields[field] = field === 'data' && data !== undefined ? `${data}\n${value}` : value;
  }
}
