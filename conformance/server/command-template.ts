import { SETTING_NAMES, type SettingName, type Settings } from '../settings.ts';
import { supports, flagsFor, FLAVOURS, type Flavour } from './flavours.ts';

/** A command line with places for what the suite fills in. */
export interface CommandTemplate {
  /** Its words; quotes are taken off. */
  readonly words: readonly string[];
  readonly flavour: Flavour;
}

/** What a template lacks or has too much of. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const OPTIONS = '{options}';
const PLACEHOLDER = /\{(\w+)\}/g;

/**
 * Reads `npx --package peer peerjs --port {port} {options}`. Words are split at spaces, unless quoted; there is no shell.
 * @throws TemplateError
 */
export function readTemplate(text: string, flavour?: Flavour): CommandTemplate {
  const words = splitWords(text);
  const places = words.flatMap((word) => Array.from(word.matchAll(PLACEHOLDER), ([, name = '']) => name));
  const unknown = places.filter((name) => !['port', 'options', ...SETTING_NAMES].includes(name));
  if (unknown.length > 0) throw new TemplateError(`{${unknown[0]}} is no place; there are {port}, {options} and the settings`);
  if (!places.includes('port')) throw new TemplateError('it has no {port}');
  const hasOptions = words.includes(OPTIONS);
  if (places.includes('options') && !hasOptions) throw new TemplateError('{options} must be a word of its own');
  if (!hasOptions && flavour !== undefined && flavour !== 'none') throw new TemplateError('a flavour needs {options}');
  return { words, flavour: hasOptions ? (flavour ?? 'peer') : 'none' };
}

/** Whether the command can be told this. */
export function canSet(template: CommandTemplate, name: SettingName, settings: Settings): boolean {
  return supports(template.flavour, name, settings) || placeholdersIn(template).has(name);
}

/** The command for a port and settings; lists stand in a place with commas. */
export function fillTemplate(template: CommandTemplate, port: number, settings: Settings): string[] {
  const named = placeholdersIn(template);
  const flags = flagsFor(
    settings,
    FLAVOURS[template.flavour].filter((name) => !named.has(name)),
  );
  return template.words.flatMap((word) => {
    if (word === OPTIONS) return flags;
    return word.replaceAll(PLACEHOLDER, (_, name: string) =>
      name === 'port' ? String(port) : formatSetting(settings[name as SettingName]),
    );
  });
}

function placeholdersIn({ words }: CommandTemplate): Set<string> {
  return new Set(words.flatMap((word) => Array.from(word.matchAll(PLACEHOLDER), ([, name = '']) => name)));
}

function formatSetting(value: Settings[SettingName]): string {
  return value === undefined ? '' : String(value);
}

/** Splits like a shell does, as far as spaces and quotes go. */
function splitWords(text: string): string[] {
  const words = Array.from(text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g), ([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
  if (words.length === 0) throw new TemplateError('it is empty');
  return words;
}
