import { element } from '../shared/elements.ts';

type Cell = string | number | Node | undefined;

export interface Column<Item> {
  readonly name: string;
  readonly cell: (item: Item) => Cell;
}

/** A table that keeps its rows by key, so that an update moves no focus. On narrow screens each row is a card. */
export class Table<Item> {
  readonly root: HTMLTableElement;
  readonly #columns: readonly Column<Item>[];
  readonly #keyOf: (item: Item) => string;
  readonly #body = element('tbody', { role: 'rowgroup' });
  readonly #caption = element('caption');
  readonly #rows = new Map<string, { row: HTMLTableRowElement; text: string }>();

  constructor(columns: readonly Column<Item>[], keyOf: (item: Item) => string) {
    this.#columns = columns;
    this.#keyOf = keyOf;
    const heads = columns.map(({ name }) => element('th', { scope: 'col', role: 'columnheader' }, name));
    const head = element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads));
    this.root = element('table', { role: 'table' }, this.#caption, head, this.#body);
  }

  /** @param caption for a table with rows. @param note beside the caption, also of a table without rows. */
  show(items: readonly Item[], caption: string, note = ''): void {
    this.#caption.textContent = `${items.length === 0 ? 'None' : caption}${note}`;
    const keys = new Set(items.map(this.#keyOf));
    for (const [key, { row }] of this.#rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    items.forEach((item, place) => this.#place(item, place));
  }

  /** A row is replaced only if what it shows has changed. Cells with the focus stay, because they are part of the key. */
  #place(item: Item, place: number): void {
    const key = this.#keyOf(item);
    const text = JSON.stringify(item);
    const known = this.#rows.get(key);
    const row = known?.row ?? element('tr', { role: 'row' });
    if (known?.text !== text) this.#fill(row, item);
    this.#rows.set(key, { row, text });
    if (this.#body.children[place] !== row) this.#body.insertBefore(row, this.#body.children[place] ?? null);
  }

  #fill(row: HTMLTableRowElement, item: Item): void {
    this.#columns.forEach(({ name, cell }, place) => {
      const value = cell(item);
      const held = row.cells[place];
      if (held !== undefined && held.contains(document.activeElement)) return;
      const content = value instanceof Node ? value : String(value ?? '–');
      const made = element('td', { role: 'cell', 'data-label': name }, content);
      if (held === undefined) row.append(made);
      else held.replaceWith(made);
    });
  }
}

/** How much of a limit is in use, as a bar and in words. */
export function share(used: number, limit: number): HTMLElement {
  const percent = limit > 0 ? Math.round((used / limit) * 100) : 0;
  const text = `${used} of ${limit} (${percent} %)`;
  const bar = element('meter', { min: 0, max: limit, high: limit * 0.8, value: used, 'aria-label': text });
  return element('span', {}, text, bar);
}
