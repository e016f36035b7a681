import { homedir } from 'node:os';

/** Where this user's programs keep what must last. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env['STATE_DIRECTORY']?.split(':')[0];
  if (given !== undefined && given !== '') return given;
  if (process.getuid?.() === 0) return '/var/lib/fettle';
  return `${env['XDG_STATE_HOME'] || `${homedir()}/.local/state`}/fettle`;
}
