/** The words that `signalbox` takes as its first argument. */
export const COMMAND_NAMES = ['serve', 'health', 'token', 'conform', 'conform-report', 'doctor'] as const;
