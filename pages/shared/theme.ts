import { byId } from './elements.ts';

const NEXT: Readonly<Record<string, string>> = { auto: 'dark', dark: 'light', light: 'auto' };
const PLACE = 'signalbox-theme';

/** The button `theme`: the colours of the system, dark ones, or light ones. */
export function startTheme(): void {
  const button = byId('theme');
  const show = (theme: string): void => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    button.textContent = `Colours: ${theme}`;
    button.dataset['theme'] = theme;
  };
  show(NEXT[stored() ?? ''] === undefined ? 'auto' : (stored() ?? 'auto'));
  button.addEventListener('click', () => {
    const next = NEXT[button.dataset['theme'] ?? 'auto'] ?? 'auto';
    show(next);
    if (!store(next)) button.title = 'The browser does not keep the choice';
  });
}

/** Browsers may forbid storage; then the choice holds for this page only. */
function stored(): string | undefined {
  try {
    return localStorage.getItem(PLACE) ?? undefined;
  } catch {
    return undefined;
  }
}

function store(theme: string): boolean {
  try {
    localStorage.setItem(PLACE, theme);
    return true;
  } catch {
    return false;
  }
}
