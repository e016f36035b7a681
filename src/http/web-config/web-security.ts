import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { RateLimit } from '../../domain/web-config.ts';
import { createLiveSettings, type LiveSettings, type SettingsSource } from './live-settings.ts';
import { protect } from './protect.ts';
import { createRefusals } from './refusals.ts';
import { createTlsServer } from './tls-server.ts';
import { createTokenBucket, type TakeToken } from './token-bucket.ts';
import { type ComparePassword, createUserCheck } from './user-check.ts';

/** What a web configuration is opened with. */
export interface WebSecurityOptions extends SettingsSource {
  /** bcrypt's, off the event loop. */
  readonly compare: ComparePassword;
}

/** A web configuration in force, for all listeners of the process. */
export interface WebSecurity {
  readonly scheme: 'http' | 'https';
  /**
   * The security of one listener.
   *
   * A request for which `exempt` gives true is asked for no password: whoever gives it has to ask for something
   * else. It still needs its client certificate and its place in the rate limit.
   */
  readonly listener: (exempt?: (request: IncomingMessage) => boolean) => ListenerSecurity;
  /** Whether this request has shown the name and password of a user. */
  readonly isUser: (request: IncomingMessage) => boolean;
}

/** Makes the server of one listener. */
export interface ListenerSecurity {
  readonly createServer: (options: ServerOptions, application: RequestListener) => Server;
}

/** A web configuration in force, or what is wrong with it, in lines for people. */
export type OpenedWebSecurity =
  | { readonly ok: true; readonly security: WebSecurity }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Puts a web configuration in force, and follows its files from then on.
 *
 * Passwords are checked, and remembered, once for all listeners; the rate limit is each listener's own.
 */
export function openWebSecurity(options: WebSecurityOptions): OpenedWebSecurity {
  const opened = createLiveSettings(options);
  if (!opened.ok) return opened;
  const { live } = opened;
  const { compare, elapsedMs, log } = options;
  const checkUser = createUserCheck(compare);
  const refusals = createRefusals(elapsedMs, log);
  const users = new WeakSet<IncomingMessage>();
  const isTls = live.current().context !== undefined;

  function listener(exempt: (request: IncomingMessage) => boolean = () => false): ListenerSecurity {
    const protection = {
      config: () => live.current().config,
      takeToken: createRateLimit(live, elapsedMs),
      checkUser,
      onUser: (request: IncomingMessage) => users.add(request),
      exempt,
      log,
    };
    return {
      createServer(serverOptions, application) {
        const guarded = protect(application, protection);
        return isTls
          ? createTlsServer(serverOptions, guarded, live, refusals)
          : createServer(serverOptions, guarded);
      },
    };
  }

  const isUser = (request: IncomingMessage) => users.has(request);
  return { ok: true, security: { scheme: isTls ? 'https' : 'http', listener, isUser } };
}

/** Takes from a bucket of the limit that is in force; a new configuration begins with a full one. */
function createRateLimit(live: LiveSettings, elapsedMs: () => number): TakeToken {
  let limit: RateLimit | undefined;
  let take: TakeToken = () => true;
  return () => {
    const { rateLimit } = live.current().config;
    if (rateLimit !== limit) {
      limit = rateLimit;
      take = rateLimit === undefined ? () => true : createTokenBucket(rateLimit, elapsedMs);
    }
    return take();
  };
}
