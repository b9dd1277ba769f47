import { SETTING_NAMES, type SettingName, type Settings } from '../settings.ts';

/** Whose flags a command understands: those of `peer`, all of Signalbox, or none. */
export type Flavour = 'peer' | 'signalbox' | 'none';

/** The settings that each flavour has flags for, under their own names. */
export const FLAVOURS: Readonly<Record<Flavour, readonly SettingName[]>> = {
  peer: [
    ...(['path', 'key', 'expire_timeout', 'alive_timeout', 'cleanup_out_msgs', 'concurrent_limit'] as const),
    ...(['allow_discovery', 'cors', 'proxied'] as const),
  ],
  signalbox: SETTING_NAMES,
  none: [],
};

/** Whether a flavour can be set like this: `peer` knows one key only. */
export function supports(flavour: Flavour, name: SettingName, settings: Settings): boolean {
  if (flavour === 'peer' && name === 'key') return (settings.key?.length ?? 0) < 2;
  return FLAVOURS[flavour].includes(name);
}

/** Settings as flags of a command line. */
export function flagsFor(settings: Settings, names: readonly SettingName[]): string[] {
  return names.flatMap((name) => {
    const value = settings[name];
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [`--${name}`, String(one)]);
  });
}
