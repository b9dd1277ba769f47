import { byId, element } from '../shared/elements.ts';
import { startTheme } from '../shared/theme.ts';
import { bansView, closesView, configurationView, refusalsView } from './lists.ts';
import { overviewView } from './overview.ts';
import { peersView } from './peers.ts';

startTheme();
const { role, login } = document.documentElement.dataset;
byId('logout').hidden = login !== 'yes' || role === 'none';
if (role === 'none') showLogin();
else showViews();

/** ADM10: without a script, the form works too. */
function showLogin(): void {
  const form = byId<HTMLFormElement>('login');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void logIn(form);
  });
}

async function logIn(form: HTMLFormElement): Promise<void> {
  const token = String(new FormData(form).get('token'));
  const response = await fetch('/login', { method: 'POST', body: new URLSearchParams({ token }), redirect: 'manual' });
  // A redirect is the answer to a valid token.
  if (response.type === 'opaqueredirect') return location.reload();
  const { detail } = (await response.json()) as { detail?: string };
  byId('login-error').textContent = detail ?? 'The broker refuses the token';
}

function showViews(): void {
  const { view: peers, offerRealms } = peersView();
  const views: Readonly<Record<string, HTMLElement>> = {
    overview: overviewView(offerRealms),
    peers,
    refusals: refusalsView(),
    closes: closesView(),
    bans: bansView(),
    configuration: configurationView(),
  };
  const links = Object.keys(views).map((name) => element('a', { href: `#${name}` }, name[0]?.toUpperCase() + name.slice(1)));
  byId('views').append(element('nav', { 'aria-label': 'Views' }, ...links), ...Object.values(views));
  const select = (): void => {
    const name = Object.hasOwn(views, location.hash.slice(1)) ? location.hash.slice(1) : 'overview';
    for (const [one, view] of Object.entries(views)) view.hidden = one !== name;
    views[name]?.dispatchEvent(new Event('shown'));
    for (const link of links) {
      if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('hashchange', select);
  select();
}
