import type { Page } from 'playwright-core';

/** WCAG 2.2, AA: 4.5 to 1, and 3 to 1 for large text. */
const SCRIPT = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
  const alpha = (color) => channels(color)[3] ?? 1;
  const background = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (alpha(backgroundColor) === 1) return backgroundColor;
      if (alpha(backgroundColor) > 0) return 'half transparent';
    }
    return 'rgb(255, 255, 255)';
  };
  const open = document.querySelector('.panel:popover-open');
  const low = [];
  for (const element of (open ?? document.querySelector('main')).querySelectorAll('*')) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()).join('');
    if (text === '' || !element.checkVisibility()) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const isLarge = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
    const reached = ratio(color, background(element));
    if (!(reached >= (isLarge ? 3 : 4.5))) low.push(text.slice(0, 30) + ': ' + color + ' on ' + background(element) + ' is ' + reached.toFixed(2));
  }
  return low;
})()`;

/** The texts of a page, or of its open dialog, whose contrast is too low. */
export function low(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(SCRIPT);
}
