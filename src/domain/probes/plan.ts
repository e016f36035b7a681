import type { ProbeIdentity, ProbeTiming } from '../probe.ts';
import type { CommandSettings } from './command.ts';
import type { DnsSettings } from './dns.ts';
import type { DirectorySettings, FileSettings } from './files.ts';
import type { HttpSettings } from './http.ts';
import type { PidfileSettings } from './pidfile.ts';
import type { RedisSettings } from './redis.ts';
import type { TcpSettings } from './tcp.ts';

/** A type of probe, and what the configuration says to it. */
export type ProbeKind =
  | {
      readonly type: 'http';
      readonly settings: HttpSettings;
      /** Asked after it, one after the other; all of them must be well. */
      readonly next?: readonly HttpSettings[];
    }
  | { readonly type: 'tcp'; readonly settings: TcpSettings }
  | { readonly type: 'redis'; readonly settings: RedisSettings }
  | { readonly type: 'dns'; readonly settings: DnsSettings }
  | { readonly type: 'file'; readonly settings: FileSettings }
  | { readonly type: 'directory'; readonly settings: DirectorySettings }
  | { readonly type: 'pidfile'; readonly settings: PidfileSettings }
  | { readonly type: 'command'; readonly settings: CommandSettings };

/** A probe as it is configured. */
export type ProbePlan = Omit<ProbeIdentity, 'type'> & {
  readonly timing: ProbeTiming;
  /** The same for two plans that ask the same in the same way. */
  readonly mark: string;
} & ProbeKind;
