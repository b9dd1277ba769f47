import { givenKey, uniqueName } from '../shared/broker.ts';
import { byId } from '../shared/elements.ts';
import { startTheme } from '../shared/theme.ts';
import { PeerPanel } from './peer-panel.ts';

/** The id of the other tab: this page has one peer then, which connects to it. */
const OTHER_TAB = /^#with=(.+)$/;
/** This page has one peer, which waits for another tab. */
const WAITING = '#tab';

startTheme();
addEventListener('hashchange', () => location.reload());
const form = byId<HTMLFormElement>('settings');
const key = form.elements.namedItem('key') as HTMLInputElement;
const token = form.elements.namedItem('token') as HTMLInputElement;
const link = byId<HTMLAnchorElement>('tabs');
key.value = givenKey();
byId('token-field').hidden = document.documentElement.dataset['token'] !== 'yes';

const remote = OTHER_TAB.exec(location.hash)?.[1];
const isAlone = location.hash === WAITING || remote !== undefined;
const panels = isAlone
  ? [new PeerPanel(remote === undefined ? 'This tab' : 'The other tab', '#1d4e89')]
  : [new PeerPanel('Ann', '#1d4e89'), new PeerPanel('Bob', '#7a3b12')];
byId('peers').append(...panels.map(({ root }) => root));
if (isAlone) showTabLink('Both peers in one page', '#');
else showTabLink('Use two tabs', WAITING);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void connect();
});

async function connect(): Promise<void> {
  byId<HTMLButtonElement>('start').textContent = 'Connect again';
  const ids = panels.map(() => uniqueName('playground'));
  const opened = await Promise.all(panels.map((panel, at) => panel.open(identityOf(ids[at] ?? ''))));
  if (opened.includes(false)) return;
  const [first] = panels;
  if (first === undefined) return;
  if (location.hash === WAITING) return showTabLink('Open the other tab', `#with=${ids[0] ?? ''}`, '_blank');
  first.remote = remote === undefined ? ids[1] : decodeURIComponent(remote);
  await first.connect();
}

/** Without a token of the application, each peer has one of its own. */
function identityOf(id: string): { key: string; id: string; token: string } {
  return { key: key.value, id, token: token.value === '' ? uniqueName('token') : token.value };
}

function showTabLink(text: string, hash: string, target = ''): void {
  link.textContent = text;
  link.href = hash;
  link.target = target;
}
