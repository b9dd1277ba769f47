import { SETTING_NAMES, type SettingName, type Settings } from '../settings.ts';
import { supports, flagsFor, FLAVOURS, type Flavour } from './flavours.ts';

/** A command line with placeholders. */
export interface CommandTemplate {
  /** Arguments without quotes. */
  readonly words: readonly string[];
  readonly flavour: Flavour;
}

/** The template is invalid. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** The values of placeholders that a setup leaves open: the defaults of `peer`. */
const DEFAULTS: Settings = {
  ...{ path: '/', key: ['peerjs'], expire_timeout: 5_000, alive_timeout: 60_000, cleanup_out_msgs: 1_000 },
  ...{ concurrent_limit: 5_000, allow_discovery: false, proxied: false },
};
const OPTIONS = '{options}';
const PLACEHOLDER = /\{(\w+)\}/g;

/**
 * Parses `npx --package peer peerjs --port {port} {options}`. Arguments are separated by spaces unless quoted; no shell is used.
 * @throws TemplateError
 */
export function readTemplate(text: string, flavour?: Flavour): CommandTemplate {
  const words = splitWords(text);
  const placeholders = words.flatMap((word) => Array.from(word.matchAll(PLACEHOLDER), ([, name = '']) => name));
  const unknown = placeholders.filter((name) => !['port', 'options', ...SETTING_NAMES].includes(name));
  if (unknown.length > 0) {
    throw new TemplateError(`unknown placeholder {${unknown[0]}}; use {port}, {options} or the name of a setting`);
  }
  if (!placeholders.includes('port')) throw new TemplateError('the placeholder {port} is missing');
  const hasOptions = words.includes(OPTIONS);
  if (placeholders.includes('options') && !hasOptions) throw new TemplateError('{options} must be a separate argument');
  if (!hasOptions && flavour !== undefined && flavour !== 'none') {
    throw new TemplateError('--flavour requires the placeholder {options}');
  }
  return { words, flavour: hasOptions ? (flavour ?? 'peer') : 'none' };
}

/** True if the command has a flag or placeholder for the setting. */
export function canSet(template: CommandTemplate, name: SettingName, settings: Settings): boolean {
  return supports(template.flavour, name, settings) || placeholdersIn(template).has(name);
}

/** The command for a port and settings. In a placeholder, lists are joined with commas. */
export function fillTemplate(template: CommandTemplate, port: number, settings: Settings): string[] {
  const named = placeholdersIn(template);
  const flags = flagsFor(
    settings,
    FLAVOURS[template.flavour].filter((name) => !named.has(name)),
  );
  return template.words.flatMap((word) => {
    if (word === OPTIONS) return flags;
    return word.replaceAll(PLACEHOLDER, (_, name: string) =>
      name === 'port' ? String(port) : formatSetting(settings[name as SettingName] ?? DEFAULTS[name as SettingName]),
    );
  });
}

function placeholdersIn({ words }: CommandTemplate): Set<string> {
  return new Set(words.flatMap((word) => Array.from(word.matchAll(PLACEHOLDER), ([, name = '']) => name)));
}

function formatSetting(value: Settings[SettingName]): string {
  return value === undefined ? '' : String(value);
}

/** Splits at spaces and removes quotes, like a shell. */
function splitWords(text: string): string[] {
  const words = Array.from(text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g), ([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
  if (words.length === 0) throw new TemplateError('the command is empty');
  return words;
}
