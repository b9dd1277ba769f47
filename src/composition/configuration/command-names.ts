/** The words that `signalbox` takes as its first argument. */
export const COMMAND_NAMES = ['serve', 'health', 'token', 'top', 'conform', 'conform-report', 'doctor'] as const;
