import { byId } from '../shared/elements.ts';

/** ADM10: whether acts are offered. The broker decides again for each act. */
export function mayAct(): boolean {
  return document.documentElement.dataset['role'] === 'operator';
}

/** Shows one line in the header, if it has changed. Screen readers announce it. */
export function summarize(text: string, state: 'good' | 'doubtful' | 'bad'): void {
  const line = byId('summary');
  line.className = state;
  if (line.textContent !== text) line.textContent = text;
}

function reportFailure(error: unknown): void {
  summarize(`The page has no current data: ${error instanceof Error ? error.message : String(error)}`, 'bad');
}

export function span(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

export function sinceDate(date: string): string {
  return span(Math.max(0, (Date.now() - Date.parse(date)) / 1000));
}

export function clockTime(date: string): string {
  return new Date(date).toLocaleTimeString(undefined, { hour12: false });
}

export function bytes(count: number): string {
  if (count < 10_000) return `${count} B`;
  return count < 10_000_000 ? `${Math.round(count / 1000)} kB` : `${Math.round(count / 1_000_000)} MB`;
}

/** Runs at intervals, when the view is shown, and after acts, while the view and the tab are visible. */
export function repeatWhileVisible(view: HTMLElement, seconds: number, run: () => Promise<void>): () => void {
  let isRunning = false;
  const runOnce = (): void => {
    if (isRunning || view.hidden || document.hidden) return;
    isRunning = true;
    void run()
      .catch(reportFailure)
      .finally(() => (isRunning = false));
  };
  setInterval(runOnce, seconds * 1000);
  view.addEventListener('shown', runOnce);
  document.addEventListener('acted', runOnce);
  return runOnce;
}
