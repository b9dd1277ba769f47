/** The words that `signalbox` takes as its first argument. */
export const COMMAND_NAMES = ['serve', 'health', 'token', 'top', 'bench', 'new', 'conform', 'conform-report', 'doctor'] as const;

/** A command other than the broker itself. */
export type CommandName = Exclude<(typeof COMMAND_NAMES)[number], 'serve'>;
