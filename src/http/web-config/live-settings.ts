import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { WebConfig } from '../../domain/web-config.ts';
import { type ParseWebConfig, type ReadSettings, readSettings, type WebSettings } from './settings.ts';
import { haveChanged, type WebFiles } from './web-files.ts';

/** Settings that follow their files. */
export interface LiveSettings {
  /** The settings of now. */
  readonly current: () => WebSettings;
  /** Calls `apply` with the settings whenever they have changed, until the function that it gives is called. */
  readonly follow: (apply: (settings: WebSettings) => void) => () => void;
}

/** Where settings come from. */
export interface SettingsSource {
  /** The web configuration file. */
  readonly file: string;
  readonly files: WebFiles;
  readonly parse: ParseWebConfig;
  /** Milliseconds since some moment. */
  readonly elapsedMs: () => number;
  readonly log: Log;
}

/** Looking at four files takes 30 us; there is no need to do it for each of many connections. */
const LOOK_EVERY_MS = 1000;

/** The first settings, and those that follow; or what is wrong with the first. */
export function createLiveSettings(
  source: SettingsSource,
):
  | { readonly ok: true; readonly live: LiveSettings }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const first = readSettings(source.file, source.files, source.parse);
  return first.ok ? { ok: true, live: liveSettings(source, first) } : { ok: false, problems: first.problems };
}

/**
 * Looks at the files when the settings are asked for, at most once a second, and reads them all when one has
 * changed. If anything is wrong with them then, the settings stay what they were, and the log says so once.
 */
function liveSettings(
  { file, files, parse, elapsedMs, log }: SettingsSource,
  first: Extract<ReadSettings, { ok: true }>,
): LiveSettings {
  let { settings, stamps } = first;
  let lookedAt = elapsedMs();
  const followers = new Set<(settings: WebSettings) => void>();

  function look(): void {
    const now = elapsedMs();
    if (now - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = now;
    if (haveChanged(stamps, files)) takeOver(readSettings(file, files, parse));
  }

  function takeOver(next: ReadSettings): void {
    stamps = next.stamps;
    const problems = next.ok ? frozen(settings.config, next.settings.config) : next.problems;
    if (!next.ok || problems.length > 0) {
      log.error({ file, problems }, 'web configuration not reloaded; the old one stays in force');
      return;
    }
    settings = next.settings;
    for (const apply of followers) apply(settings);
    log.info({ file }, 'web configuration reloaded');
  }

  return {
    current() {
      try {
        look();
      } catch (thrown) {
        log.error({ file, err: messageOf(thrown) }, 'web configuration could not be looked at');
      }
      return settings;
    },
    follow(apply) {
      followers.add(apply);
      return () => followers.delete(apply);
    },
  };
}

/**
 * What only a restart can change.
 *
 * Node settles two of it when a server is made. Passwords are not given up either: a file that is being written
 * is empty for a moment, and would open the door.
 */
function frozen(now: WebConfig, next: WebConfig): readonly string[] {
  const restart = 'while fettle runs; restart it';
  if ((now.tls === undefined) !== (next.tls === undefined))
    return [`tls_server_config cannot change ${restart}`];
  return [
    ...(now.tls?.clientAuth === next.tls?.clientAuth
      ? []
      : [`tls_server_config.client_auth_type cannot change ${restart}`]),
    ...(now.users.size > 0 && next.users.size === 0
      ? [`basic_auth_users: the last user cannot be removed ${restart}`]
      : []),
  ];
}
