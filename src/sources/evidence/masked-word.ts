/** Stands in the place of what was masked. */
export const MASK = '[masked]';
