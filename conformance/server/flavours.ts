import { SETTING_NAMES, type SettingName, type Settings } from '../settings.ts';

/** The command line flags that the command accepts: those of `peer`, those of Signalbox, or none. */
export type Flavour = 'peer' | 'signalbox' | 'none';

/** The settings for which each flavour has a flag of the same name. */
export const FLAVOURS: Readonly<Record<Flavour, readonly SettingName[]>> = {
  peer: [
    ...(['path', 'key', 'expire_timeout', 'alive_timeout', 'cleanup_out_msgs', 'concurrent_limit'] as const),
    ...(['allow_discovery', 'cors', 'proxied'] as const),
  ],
  signalbox: SETTING_NAMES,
  none: [],
};

/** True if the flavour has a flag for the setting; `peer` supports only one key. */
export function supports(flavour: Flavour, name: SettingName, settings: Settings): boolean {
  if (flavour === 'peer' && name === 'key') return (settings.key?.length ?? 0) < 2;
  return FLAVOURS[flavour].includes(name);
}

/** Formats settings as command line flags. */
export function flagsFor(settings: Settings, names: readonly SettingName[]): string[] {
  return names.flatMap((name) => {
    const value = settings[name];
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [`--${name}`, String(one)]);
  });
}
