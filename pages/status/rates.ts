import { element } from '../shared/elements.ts';
import type { Second } from './api.ts';

const POINTS = 120;
const [WIDTH, HEIGHT] = [120, 30];
const SVG = 'http://www.w3.org/2000/svg';
/** A node without an event for this time is not added up. */
const CURRENT_MS = 3_000;

const RATES: readonly (readonly [string, (second: Second) => number])[] = [
  ['Connections', ({ connections }) => connections],
  ['Peers', ({ peers }) => peers],
  ['Opened /s', ({ perSecond }) => perSecond.opened],
  ['Refused /s', ({ perSecond }) => perSecond.refused],
  ['Frames in /s', ({ perSecond }) => perSecond.framesIn],
  ['Frames out /s', ({ perSecond }) => perSecond.framesOut],
];

/** ADM7: the sums of all nodes, with the last two minutes as lines. */
export function startRates(): HTMLElement {
  const nodes = new Map<string, { readonly at: number; readonly second: Second }>();
  const tiles = RATES.map(([name, read]) => tile(name, read));
  const events = new EventSource('/api/events');
  events.addEventListener('second', ({ data }: MessageEvent<string>) => {
    const second = JSON.parse(data) as Second;
    nodes.set(second.node, { at: Date.now(), second });
  });
  setInterval(() => {
    const current = [...nodes.values()].filter(({ at }) => Date.now() - at < CURRENT_MS).map(({ second }) => second);
    if (current.length > 0) for (const { add } of tiles) add(current);
  }, 1_000);
  return element('div', { class: 'tiles' }, ...tiles.map(({ root }) => root));
}

function tile(
  name: string,
  read: (second: Second) => number,
): { readonly root: HTMLElement; readonly add: (seconds: readonly Second[]) => void } {
  const points: number[] = [];
  const value = element('p', { class: 'value' }, '–');
  const most = element('p', { class: 'soft' }, ' ');
  const line = document.createElementNS(SVG, 'polyline');
  line.setAttribute('vector-effect', 'non-scaling-stroke');
  const drawing = document.createElementNS(SVG, 'svg');
  drawing.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  drawing.setAttribute('preserveAspectRatio', 'none');
  drawing.setAttribute('aria-hidden', 'true');
  drawing.append(line);
  const root = element('div', { class: 'card tile' }, element('p', { class: 'soft' }, name), value, drawing, most);
  const add = (seconds: readonly Second[]): void => {
    points.push(seconds.reduce((sum, second) => sum + read(second), 0));
    if (points.length > POINTS) points.shift();
    const highest = Math.max(...points);
    value.textContent = String(points.at(-1));
    most.textContent = `highest ${highest}`;
    const start = POINTS - points.length;
    line.setAttribute('points', points.map((point, at) => `${start + at},${heightOf(point, highest)}`).join(' '));
  };
  return { root, add };
}

function heightOf(point: number, highest: number): number {
  return Math.round((HEIGHT - 1 - (point / Math.max(1, highest)) * (HEIGHT - 2)) * 10) / 10;
}
