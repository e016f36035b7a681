import { compare } from 'bcrypt';
import { formatProblem } from '../config/explain.ts';
import { loadWebConfig } from '../config/web-config.ts';
import type { Log } from '../domain/log.ts';
import { systemClock } from '../host/clock.ts';
import { fileStamp, readSnapshot } from '../host/files/file-snapshot.ts';
import { type OpenedWebSecurity, openWebSecurity } from '../http/web-config/web-security.ts';

/** Puts a web configuration file in force, or says in lines what is wrong with it. */
export function openWebConfig(file: string, log: Log): OpenedWebSecurity {
  return openWebSecurity({
    file,
    files: { read: readSnapshot, stamp: fileStamp },
    parse(text) {
      const loaded = loadWebConfig(text);
      if (loaded.ok) return loaded;
      return { ok: false, problems: loaded.problems.map((problem) => formatProblem(file, problem)) };
    },
    compare,
    elapsedMs: systemClock.elapsedMs,
    log,
  });
}
