/** What came over a stream of server-sent events. */
export interface StreamEvent {
  readonly id?: string;
  readonly event?: string;
  readonly retry?: string;
  /** Its lines, with line feeds between them. */
  readonly data: string;
}

type Field = 'id' | 'event' | 'retry' | 'data';

const FIELDS: readonly string[] = ['id', 'event', 'retry', 'data'] satisfies Field[];

/** Reads a stream of server-sent events piece by piece, as the HTML standard has it. */
export class EventStreamParser {
  /** Comments that came so far. */
  comments = 0;
  #partialLine = '';
  #fields: Partial<Record<Field, string>> = {};

  /** @returns the events that are complete with this piece. */
  push(piece: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const text = this.#partialLine + piece;
    // What ends with a carriage return may go on with its line feed.
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
