import { type App, startApp } from '../app/app.ts';
import type { AppOptions } from '../app/half.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { Failure, messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';
import { systemBusAddress } from '../host/bus.ts';
import { readTokens } from '../host/files/tokens.ts';
import type { OpenedWebSecurity } from '../http/web-config/web-security.ts';
import type { Command } from './arguments.ts';
import { readConfig } from './check.ts';
import { EXIT } from './exit.ts';
import { createLog } from './log.ts';
import { stateFolder } from './state-folder.ts';
import { tellProblems } from './terminal.ts';

/** Runs fettle until it is told to stop, and gives the exit code. */
export async function serve(
  { configFile, webConfigFile, only, logFormat }: Extract<Command, { kind: 'serve' }>,
  version: string,
): Promise<number> {
  const log = createLog(logFormat ?? (process.stderr.isTTY ? 'text' : 'json'));
  const config = await configOrProblems(configFile, only);
  if ('problems' in config) {
    tellProblems(config.problems);
    return EXIT.usage;
  }
  const web = await openWeb(webConfigFile, log);
  if (web !== undefined && !web.ok) {
    tellProblems(web.problems);
    return EXIT.usage;
  }
  const options: AppOptions = {
    config: config.config,
    web: web?.security,
    only,
    version,
    busAddress: systemBusAddress(),
    defaultLedger: `${stateFolder()}/ledger.jsonl`,
    stateFolder: stateFolder(),
    log,
  };
  // Before anything starts: a signal must find its handler.
  const signals = watchSignals();
  try {
    const app = await startApp(options);
    log.info({ version, pid: process.pid }, 'fettle is running');
    signals.onReload(() => void reload(app, configFile, only, log));
    const signal = await signals.stop;
    log.info({ signal }, 'stopping');
    await withinLimit('stopping', STOP_LIMIT_MS, undefined, () => app.stop());
    return EXIT.ok;
  } catch (thrown) {
    log.error({ err: messageOf(thrown) }, 'fettle cannot run');
    return EXIT.failure;
  }
}

/** Loads what secures a listener only where that is wanted. */
async function openWeb(file: string | undefined, log: Log): Promise<OpenedWebSecurity | undefined> {
  return file === undefined ? undefined : (await import('../app/web-security.ts')).openWebConfig(file, log);
}

/** How long what runs may take to end; systemd would wait 90 s before it kills. */
const STOP_LIMIT_MS = 10_000;

async function configOrProblems(
  file: string | undefined,
  only: AppOptions['only'],
): Promise<{ readonly config: Config } | { readonly problems: readonly string[] }> {
  try {
    const read = file === undefined ? loadConfig('') : await readConfig(file);
    if (!read.ok) return { problems: read.problems.map(String) };
    const { tokenFile } = read.config.remediator;
    // The user that the exporter runs as need not be able to read it.
    if (tokenFile !== undefined && only !== 'exporter') await readTokens(tokenFile);
    return read;
  } catch (thrown) {
    return { problems: [messageOf(thrown)] };
  }
}

async function reload(app: App, file: string | undefined, only: AppOptions['only'], log: Log): Promise<void> {
  try {
    const read = await configOrProblems(file, only);
    if ('problems' in read) throw new Failure('refused', read.problems.join('; '));
    await app.reload(read.config);
  } catch (thrown) {
    log.error({ err: messageOf(thrown) }, 'configuration not reloaded; the old one stays in force');
  }
}

/** The first signal asks to stop; a second one, of either kind, ends the process on the spot. */
function watchSignals(): { readonly stop: Promise<NodeJS.Signals>; onReload(reload: () => void): void } {
  let onReload: () => void = () => undefined;
  process.on('SIGHUP', () => onReload());
  const stop = new Promise<NodeJS.Signals>((resolve) => {
    const onStop = (signal: NodeJS.Signals) => {
      for (const name of STOP_SIGNALS) process.off(name, onStop);
      resolve(signal);
    };
    for (const name of STOP_SIGNALS) process.on(name, onStop);
  });
  return {
    stop,
    onReload(reload) {
      onReload = reload;
    },
  };
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
