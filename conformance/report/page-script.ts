/**
 * The script of the page: search, counts, navigation between findings, and the open case in the URL fragment. Plain JavaScript
 * that contains no text of a result.
 */
export const SCRIPT = `
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const rows = all('tbody tr[class]').filter((row) => row.closest('.family'));
const opened = (button) => document.getElementById(button.getAttribute('popovertarget'));
const texts = new Map(rows.map((row) => [row, [row, ...all('button', row).map((button) => opened(button).querySelector('dl'))]
  .map((part) => part.textContent).join(' ').toLowerCase()]));
const find = document.getElementById('find');
const status = document.querySelector('.status');

function filter() {
  const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const [row, text] of texts) row.classList.toggle('unfound', !words.every((word) => text.includes(word)));
  for (const family of all('.family')) {
    family.classList.toggle('unfound', all('tbody tr[class]', family).every((row) => row.classList.contains('unfound')));
  }
  const shown = rows.filter((row) => row.checkVisibility()).length;
  status.textContent = shown === rows.length ? '' : shown === 0 ? 'No case matches.' : shown + ' of ' + rows.length + ' cases';
}

find.closest('label').hidden = false;
document.querySelector('.filters').addEventListener('input', filter);
filter();

/* Findings of one server that are shown, in the order of the page. */
const findings = (column) => rows.filter((row) => row.checkVisibility())
  .map((row) => row.children[column].querySelector('button:not(.ok)')).filter(Boolean);

function step(panel, by) {
  const button = document.querySelector('button.cell[popovertarget="' + panel.id + '"]');
  const places = findings(button.closest('td').cellIndex);
  const at = places.indexOf(button);
  const next = places[at + by];
  if (at < 0 || next === undefined) return;
  panel.hidePopover();
  next.scrollIntoView({ block: 'center' });
  next.focus();
  opened(next).showPopover({ source: next });
}

for (const panel of all('.panel')) {
  panel.addEventListener('toggle', ({ newState }) => {
    if (newState === 'open') history.replaceState(null, '', '#' + panel.id);
    else if (location.hash === '#' + panel.id) history.replaceState(null, '', location.pathname + location.search);
  });
  panel.addEventListener('keydown', ({ key, altKey, ctrlKey, metaKey }) => {
    if (altKey || ctrlKey || metaKey) return;
    if (key === 'ArrowRight') step(panel, 1);
    if (key === 'ArrowLeft') step(panel, -1);
  });
  if (!panel.classList.contains('is-ok')) addSteps(panel);
}

function addSteps(panel) {
  const steps = [['previous', '\\u2190', -1], ['next', '\\u2192', 1]].map(([name, arrow, by]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'step';
    button.textContent = arrow;
    button.title = name + ' finding';
    button.setAttribute('aria-label', name + ' finding of this server');
    button.addEventListener('click', () => step(panel, by));
    return button;
  });
  panel.querySelector('.close').before(...steps);
}

if (/^#case-/.test(location.hash)) document.getElementById(location.hash.slice(1))?.showPopover();
`;
