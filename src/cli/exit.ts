/** Exit codes that people and systemd can rely on. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;
